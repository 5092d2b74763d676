import type { Colours } from '../output/colour.js';
import { formatBinary, formatDecimal, formatPercent } from '../output/format-amount.js';
import { formatTable } from '../output/table.js';
import { memoryCeiling, type RatedStats } from './rates.js';

const HEAD = ['ID', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS'];
const UNKNOWN = '-';

/** A table for people, one row a container. */
export function formatStats(stats: readonly RatedStats[], colours: Colours): string {
  return formatTable(HEAD, stats.map(toRow), colours);
}

function toRow({ id, cpuPercent, memory, memoryPercent, network, blockIo, pids }: RatedStats): string[] {
  return [
    id,
    percentCell(cpuPercent),
    memory === null ? UNKNOWN : `${formatBinary(memory.usageBytes)} / ${formatBinary(memoryCeiling(memory))}`,
    percentCell(memoryPercent),
    network === null ? UNKNOWN : pair(network.receivedBytes, network.sentBytes),
    blockIo === null ? UNKNOWN : pair(blockIo.readBytes, blockIo.writeBytes),
    pids === null ? UNKNOWN : String(pids.current),
  ];
}

function percentCell(percent: number | null): string {
  return percent === null ? UNKNOWN : formatPercent(percent / 100);
}

function pair(first: number, second: number): string {
  return `${formatDecimal(first)} / ${formatDecimal(second)}`;
}
