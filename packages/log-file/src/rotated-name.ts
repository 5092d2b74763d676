/** Path of the `n`th youngest rotated file; 0 is the current one. */
export function rotatedName(path: string, n: number): string {
  return n === 0 ? path : `${path}.${n}`;
}
