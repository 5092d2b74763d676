/** Bytes of the keeper's protocol. */
export const Request = {
  HELLO: 1,
  SPAWN: 2,
  ACK: 3,
  HOLD: 4,
  DROP: 5,
  FETCH: 6,
  QUIT: 7,
  REPLACE: 8,
  SERVING: 9,
  ACCEPT: 10,
  RELAY: 11,
  UNRELAY: 12,
} as const;
export const Reply = {
  WELCOME: 128,
  CHILD: 129,
  HELD: 130,
  READY: 131,
  EXITED: 132,
  SPAWNED: 133,
  OK: 134,
  ERROR: 135,
  FD: 136,
  RELAYED: 137,
} as const;

export interface Message {
  readonly type: number;
  readonly id: number;
  readonly body: BodyReader;
  readonly fds: readonly number[];
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

export function str(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u32(bytes.length), bytes]);
}

export function strs(texts: readonly string[]): Buffer {
  return Buffer.concat([u32(texts.length), ...texts.map(str)]);
}

export function packet(type: number, id: number, ...body: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(type, 0);
  header.writeUInt32LE(id, 4);
  return Buffer.concat([header, ...body]);
}

/** Reads a body; throws a RangeError past its end. */
export class BodyReader {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}

  u32(): number {
    this.#at += 4;
    return this.bytes.readUInt32LE(this.#at - 4);
  }

  u64(): bigint {
    this.#at += 8;
    return this.bytes.readBigUInt64LE(this.#at - 8);
  }

  str(): string {
    const length = this.u32();
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** The u32 at `offset`, whatever has been read. */
  peekU32(offset: number): number {
    return this.bytes.readUInt32LE(offset);
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.#at;
  }
}

export function parse(bytes: Buffer, fds: readonly number[]): Message {
  return { type: bytes.readUInt16LE(0), id: bytes.readUInt32LE(4), body: new BodyReader(bytes.subarray(8)), fds };
}
