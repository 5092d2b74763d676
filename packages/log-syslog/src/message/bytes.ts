const ZERO = 48;

/** Decimal digits of a number from 0 to 2^31. */
export function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}

/** Writes `value` in decimal; returns where it ends. No text is made: this happens for every message. */
export function writeDecimal(bytes: Buffer, value: number, at: number): number {
  const end = at + digitsOf(value);
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}

/** Where to cut `bytes`, at `at` or up to 3 bytes before, so that no character of UTF-8 is in two pieces; after `from`. */
export function characterBoundary(bytes: Uint8Array, from: number, at: number): number {
  for (let cut = at; cut > from && cut > at - 4; cut--) if ((bytes[cut]! & 0xc0) !== 0x80) return cut;
  return at;
}
