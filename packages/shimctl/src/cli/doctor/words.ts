const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.5 GiB` */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 2 ** (10 * power);
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** True if `release` (`6.18.44-x`) is of that version or later. */
export function atLeast(release: string, major: number, minor = 0): boolean {
  const [, a = '0', b = '0'] = /^(\d+)(?:\.(\d+))?/.exec(release) ?? [];
  return Number(a) > major || (Number(a) === major && Number(b) >= minor);
}
