const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The last values as bars, as wide as told, the newest at the right; a blank stands for what is not known. `full`: what a full bar is, at least. */
export function sparkline(values: readonly (number | null)[], width: number, full = 0): string {
  const shown = values.slice(-width);
  const most = Math.max(full, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => (value === null ? ' ' : bar(value, most)))
    .join('')
    .padStart(width);
}

function bar(value: number, most: number): string {
  const level = most > 0 ? Math.ceil((value / most) * BARS.length) - 1 : 0;
  return BARS[Math.min(BARS.length - 1, Math.max(0, level))] ?? '';
}
