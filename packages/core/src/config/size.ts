const FORM = /^(\d{1,9})([kmg]?)(i?)b?$/;
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3 };

/** Bytes that a checked size such as `16ki`, `10m` or `0` means. */
export function parseSize(text: string): number {
  const [, digits, unit = '', binary] = FORM.exec(text) ?? [];
  const power = POWERS[unit];
  if (digits === undefined || power === undefined) throw new RangeError(`not a checked size: ${text}`);
  return Number(digits) * (binary === 'i' ? 1024 : 1000) ** power;
}
