/** Reads and writes the packets of docs/keeper-protocol.md. Little-endian; throws RangeError on a short packet. */

export class PacketWriter {
  readonly #parts: Buffer[] = [];

  constructor(type: number, request: number) {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(type, 0);
    head.writeUInt32LE(request, 4);
    this.#parts.push(head);
  }

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.#parts.push(part);
    return this;
  }

  u64(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(value);
    this.#parts.push(part);
    return this;
  }

  str(text: string): this {
    const bytes = Buffer.from(text);
    this.u32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  strs(texts: readonly string[]): this {
    this.u32(texts.length);
    for (const text of texts) this.str(text);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export class PacketReader {
  #at = 8;

  constructor(private readonly packet: Buffer) {}

  get type(): number {
    return this.packet.readUInt16LE(0);
  }

  get request(): number {
    return this.packet.readUInt32LE(4);
  }

  u32(): number {
    const value = this.packet.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  u64(): bigint {
    const value = this.packet.readBigUInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  str(): string {
    const length = this.u32();
    const end = this.#at + length;
    if (end > this.packet.length) throw new RangeError('string runs past the packet');
    const text = this.packet.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}
