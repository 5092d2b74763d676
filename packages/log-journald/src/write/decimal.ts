const ZERO = 48;

/** Writes a whole number that is not negative, in digits, at `at`; returns where they end. */
export function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let left = value;
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = ZERO + (left % 10);
    left = Math.floor(left / 10);
  }
  return end;
}
