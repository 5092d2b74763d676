import { formatBinary, formatCount, formatDecimal, formatPercent } from '../output/format-amount.js';
import { memoryCeiling, type RatedStats } from './rates.js';

const UNKNOWN = '-';

/** One column of the table. */
export interface Column {
  readonly head: string;
  readonly cell: (stats: RatedStats) => string;
  /** What a terminal that is too narrow goes without: the highest first; left out: never. */
  readonly spare?: number;
}

export const COLUMNS: readonly Column[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'CPU %', cell: ({ cpuPercent }) => percentCell(cpuPercent) },
  {
    head: 'MEM USAGE / LIMIT',
    cell: ({ memory }) =>
      memory === null ? UNKNOWN : `${formatBinary(memory.usageBytes)} / ${formatBinary(memoryCeiling(memory))}`,
  },
  { head: 'MEM %', spare: 3, cell: ({ memoryPercent }) => percentCell(memoryPercent) },
  { head: 'PIDS', spare: 1, cell: ({ pids }) => (pids === null ? UNKNOWN : String(pids.current)) },
  {
    head: 'NET IN / OUT /s',
    spare: 4,
    cell: ({ networkRate: net }) => (net === null ? UNKNOWN : pair(net.receivedBytes, net.sentBytes)),
  },
  {
    head: 'BLOCK IN / OUT /s',
    spare: 2,
    cell: ({ blockIoRate: io }) => (io === null ? UNKNOWN : pair(io.readBytes, io.writeBytes)),
  },
  {
    head: 'LOG / LINES /s',
    cell: ({ logRate: log }) => (log === null ? UNKNOWN : `${formatDecimal(log.bytes)} / ${formatCount(log.records)}`),
  },
];

function percentCell(percent: number | null): string {
  return percent === null ? UNKNOWN : formatPercent(percent / 100);
}

function pair(first: number, second: number): string {
  return `${formatDecimal(first)} / ${formatDecimal(second)}`;
}
