/** Bytes of a xorshift generator: the same for the same seed. */
export function randomBytesOf(seed: number): (count: number) => Buffer {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  return (count) => Buffer.from(Array.from({ length: count }, next));
}
