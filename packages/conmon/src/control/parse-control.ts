/** What is asked for over `ctl`. */
export type Control =
  { readonly what: 'resize'; readonly rows: number; readonly columns: number } | { readonly what: 'reopen' };

const MOST_CELLS = 1000;

/** A line of `ctl`: three numbers, whatever stands behind them. Undefined: it makes no sense. */
export function parseControl(line: string): Control | undefined {
  const [, type, first = '', second = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
  if (type === '2') return { what: 'reopen' };
  return type === '1' ? sized(first, second) : undefined;
}

/** A line of `winsz`: rows and columns. */
export function parseWindow(line: string): Control | undefined {
  const [, rows, columns] = /^\s*(\d+)\s+(\d+)/.exec(line) ?? [];
  return rows === undefined || columns === undefined ? undefined : sized(rows, columns);
}

function sized(rowsText: string, columnsText: string): Control | undefined {
  const [rows, columns] = [Number(rowsText), Number(columnsText)];
  return rows > MOST_CELLS || columns > MOST_CELLS ? undefined : { what: 'resize', rows, columns };
}
