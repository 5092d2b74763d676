/** A buffer that a driver holds while it encodes and writes. */
export interface OutputBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const SMALLEST = 64 * 1024;
const LARGEST_KEPT = 1 << 20;
const MOST_KEPT = 8;

/** Shared by all containers of the process, so that idle ones hold no memory: at most 8 MiB lie here. */
const free: OutputBuffer[] = [];

/** A buffer of at least `size` bytes, with whatever in it. */
export function takeBuffer(size: number): OutputBuffer {
  const kept = free.pop();
  if (kept !== undefined && kept.bytes.length >= size) return kept;
  const length = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(size)));
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Gives a buffer back; the caller must not touch it any more. */
export function giveBuffer(buffer: OutputBuffer): void {
  if (free.length < MOST_KEPT && buffer.bytes.length <= LARGEST_KEPT) free.push(buffer);
}
