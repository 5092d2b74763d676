import { PLAIN } from '../output/colour.js';
import { formatTable } from '../output/table.js';
import { COLUMNS, type Column } from './columns.js';
import type { History } from './history.js';
import type { RatedStats } from './rates.js';
import { sparkline } from './sparkline.js';

/** Blanks between two columns. */
const GAP = 2;
const SPARK = { narrowest: 6, widest: 30 } as const;

/** What a terminal has room for. */
export interface Room {
  readonly columns: number;
  /** Left out: no sparklines. */
  readonly history?: History | undefined;
}

/** A table for people, one row a container; everything that is known if no room is told. */
export function formatStats(stats: readonly RatedStats[], room?: Room): string {
  if (room === undefined) return tableOf(COLUMNS, stats);
  let columns = COLUMNS;
  while (widthOf(columns, stats) > room.columns && columns.some(({ spare }) => spare !== undefined))
    columns = withoutSparest(columns);
  const { history } = room;
  if (history === undefined) return tableOf(columns, stats);
  return tableOf([...columns, ...sparkColumns(room.columns - widthOf(columns, stats), history)], stats);
}

/** In what is left beside the table, both as wide as the other, or the first alone. */
function sparkColumns(left: number, history: History): Column[] {
  for (const count of [2, 1]) {
    const width = Math.min(SPARK.widest, Math.floor(left / count) - GAP);
    if (width >= SPARK.narrowest) return sparks(width, history).slice(0, count);
  }
  return [];
}

function sparks(width: number, history: History): Column[] {
  return [
    { head: 'CPU', cell: ({ instance }) => sparkline(history.of(instance).cpu, width, 100) },
    { head: 'LOG', cell: ({ instance }) => sparkline(history.of(instance).log, width) },
  ];
}

function withoutSparest(columns: readonly Column[]): readonly Column[] {
  const most = Math.max(...columns.map(({ spare = 0 }) => spare));
  return columns.filter(({ spare }) => spare !== most);
}

function tableOf(columns: readonly Column[], stats: readonly RatedStats[]): string {
  const rows = stats.map((one) => columns.map(({ cell }) => cell(one)));
  return formatTable(
    columns.map(({ head }) => head),
    rows,
    PLAIN,
  );
}

function widthOf(columns: readonly Column[], stats: readonly RatedStats[]): number {
  return Math.max(
    ...tableOf(columns, stats)
      .split('\n')
      .map((line) => line.length),
  );
}
