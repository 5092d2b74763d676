import { FLAG, HEADER_SIZE, MAX_FRAME_DATA, type ReceivedFrame } from './frame.js';

const NO_DATA = new Uint8Array(0);

interface Header {
  readonly stream: number;
  readonly type: number;
  readonly flags: number;
  readonly oversized: boolean;
}

/** Cuts a byte stream into frames. Data that is too long is passed over as it comes, and never held. */
export class FrameReader {
  readonly #headerBytes = Buffer.alloc(HEADER_SIZE);
  #headerLength = 0;
  #header: Header | undefined;
  /** Data bytes of the frame that have not come yet. */
  #missing = 0;
  #parts: Uint8Array[] = [];

  constructor(private readonly onFrame: (frame: ReceivedFrame) => void) {}

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#header === undefined ? this.#takeHeader(chunk, at) : this.#takeData(this.#header, chunk, at);
    }
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + HEADER_SIZE - this.#headerLength);
    this.#headerBytes.set(chunk.subarray(at, end), this.#headerLength);
    this.#headerLength += end - at;
    if (this.#headerLength < HEADER_SIZE) return end;
    this.#headerLength = 0;
    const length = this.#headerBytes.readUInt32BE(0);
    const flags = this.#headerBytes.readUInt8(9);
    this.#header = {
      stream: this.#headerBytes.readUInt32BE(4),
      type: this.#headerBytes.readUInt8(8),
      flags,
      oversized: length > MAX_FRAME_DATA || (length === 0 && (flags & FLAG.DISCARDED) !== 0),
    };
    this.#missing = length;
    if (length === 0) this.#finish(this.#header);
    return end;
  }

  #takeData(header: Header, chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing);
    if (!header.oversized) this.#parts.push(chunk.subarray(at, end));
    this.#missing -= end - at;
    if (this.#missing === 0) this.#finish(header);
    return end;
  }

  #finish(header: Header): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#header = undefined;
    this.onFrame({ ...header, data: parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? NO_DATA) });
  }
}
