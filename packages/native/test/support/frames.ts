/** ttrpc's frames. */
export const FrameType = { REQUEST: 1, RESPONSE: 2, DATA: 3 } as const;
export const HEADER_BYTES = 10;
export const MAX_PAYLOAD = 4 * 1024 * 1024;

export interface Frame {
  readonly stream: number;
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

export function frame(stream: number, type: number, payload: Buffer | string = '', flags = 0): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([header({ length: bytes.length, stream, type, flags }), bytes]);
}

export function header(fields: { length: number; stream: number; type: number; flags?: number }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32BE(fields.length, 0);
  bytes.writeUInt32BE(fields.stream, 4);
  bytes.writeUInt8(fields.type, 8);
  bytes.writeUInt8(fields.flags ?? 0, 9);
  return bytes;
}

export const request = (stream: number, payload?: Buffer | string): Buffer => frame(stream, FrameType.REQUEST, payload);
export const response = (stream: number, payload?: Buffer | string): Buffer =>
  frame(stream, FrameType.RESPONSE, payload);

/** Puts frames together from pieces. */
export class FrameParser {
  #pieces: Buffer[] = [];
  #have = 0;

  /** Bytes of a frame that is not whole. */
  get torn(): number {
    return this.#have;
  }

  push(piece: Buffer): Frame[] {
    this.#pieces.push(piece);
    this.#have += piece.length;
    const frames: Frame[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) frames.push(next);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#have < HEADER_BYTES) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < HEADER_BYTES) this.#pieces = [Buffer.concat(this.#pieces)];
    const size = HEADER_BYTES + (this.#pieces[0]?.readUInt32BE(0) ?? 0);
    if (this.#have < size) return undefined;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [bytes.subarray(size)];
    this.#have -= size;
    const [stream, type, flags] = [bytes.readUInt32BE(4), bytes.readUInt8(8), bytes.readUInt8(9)];
    return { stream, type, flags, payload: bytes.subarray(HEADER_BYTES, size) };
  }
}
