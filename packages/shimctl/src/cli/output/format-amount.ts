const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const COUNT = ['', 'k', 'M', 'G', 'T', 'P'];

/** `1.5MiB`: steps of 1024, four digits. */
export function formatBinary(bytes: number): string {
  return format(bytes, { step: 1024, units: BINARY, digits: 4 });
}

/** `1.23kB`: steps of 1000, three digits. */
export function formatDecimal(bytes: number): string {
  return format(bytes, { step: 1000, units: DECIMAL, digits: 3 });
}

/** `1.23k`: steps of 1000, three digits. */
export function formatCount(count: number): string {
  return format(count, { step: 1000, units: COUNT, digits: 3 });
}

/** `12.34%` of 0.1234. */
export function formatPercent(share: number, decimals = 2): string {
  return `${(share * 100).toFixed(decimals)}%`;
}

interface Scale {
  readonly step: number;
  readonly units: readonly string[];
  readonly digits: number;
}

function format(bytes: number, { step, units, digits }: Scale): string {
  let value = bytes;
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit += 1;
  }
  return `${Number(value.toPrecision(digits))}${units[unit] ?? ''}`;
}
