/** Buffers that no driver needs just now, kept for the next one: an idle container holds none. */
const KEPT = 2;
const LARGEST_KEPT = 2 << 20;
const SMALLEST = 64 << 10;

const spare: Buffer[] = [];

/** A buffer of at least `size` bytes. */
export function takeBuffer(size: number): Buffer {
  const fitting = spare.findIndex((buffer) => buffer.length >= size);
  const [found] = fitting < 0 ? [] : spare.splice(fitting, 1);
  return found ?? Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(size, SMALLEST))));
}

export function giveBuffer(buffer: Buffer): void {
  if (buffer.length > LARGEST_KEPT) return;
  spare.push(buffer);
  // The larger ones serve more.
  spare.sort((a, b) => b.length - a.length).splice(KEPT);
}
