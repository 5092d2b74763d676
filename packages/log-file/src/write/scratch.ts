/** Buffers that records are formatted in: a driver holds one only while it writes, so that idle containers cost none. */

const FIRST_SIZE = 320 << 10;
const LARGEST_KEPT = 2 << 20;
const MOST_KEPT = 4;

const spare: Buffer[] = [];

export function takeScratch(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
}

export function returnScratch(buffer: Buffer): void {
  if (buffer.length > 0 && buffer.length <= LARGEST_KEPT && spare.length < MOST_KEPT) spare.push(buffer);
}
