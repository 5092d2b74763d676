/** True if the entry at cursor `a` is the one at `b` or comes after it. Both are journald's. */
export function isAtOrAfter(a: string, b: string): boolean {
  const [one, other] = [partsOf(a), partsOf(b)];
  // Sequence numbers of one source are in order; of two sources only the clock tells.
  const key = one.get('s') === other.get('s') ? 'i' : 't';
  return numberOf(one.get(key)) >= numberOf(other.get(key));
}

function partsOf(cursor: string): Map<string, string> {
  return new Map(cursor.split(';').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function numberOf(hex: string | undefined): bigint {
  return hex !== undefined && /^[0-9a-f]{1,32}$/i.test(hex) ? BigInt(`0x${hex}`) : 0n;
}
