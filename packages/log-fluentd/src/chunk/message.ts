import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from '../msgpack/pack.js';

const compress = promisify(gzip);
const LIST_OF_3 = 0x93;
const BIN_32 = 0xc6;
const LENGTH_BYTES = 4;

/** What a message says besides its entries. */
export interface MessageFacts {
  readonly count: number;
  /** Undefined: no ack is asked for. */
  readonly chunk: string | undefined;
}

/** Messages of one tag: `[tag, entries, options]`, in mode PackedForward or CompressedPackedForward. */
export class MessageForm {
  private readonly head: Buffer;

  constructor(
    tag: string,
    private readonly gzip: boolean,
  ) {
    this.head = Buffer.concat([Buffer.of(LIST_OF_3), pack(tag), Buffer.of(BIN_32)]);
  }

  /** Where entries begin in the buffer of a message. */
  get entriesAt(): number {
    return this.head.length + LENGTH_BYTES;
  }

  /** Bytes that the options take at most. */
  get optionBytes(): number {
    return 128;
  }

  /** The message whose entries are in `buffer`, from {@link entriesAt} to `end`. It is in the same buffer unless it is compressed. */
  finish(buffer: Buffer, end: number, facts: MessageFacts): Buffer | Promise<Buffer> {
    const options = this.options(facts);
    if (this.gzip) return this.compressed(buffer.subarray(this.entriesAt, end), options);
    this.writeHead(buffer, end - this.entriesAt);
    return buffer.subarray(0, end + options.copy(buffer, end));
  }

  private async compressed(entries: Buffer, options: Buffer): Promise<Buffer> {
    const small = await compress(entries);
    const head = Buffer.alloc(this.entriesAt);
    this.writeHead(head, small.length);
    return Buffer.concat([head, small, options]);
  }

  private writeHead(to: Buffer, entriesBytes: number): void {
    this.head.copy(to);
    to.writeUInt32BE(entriesBytes, this.head.length);
  }

  private options({ count, chunk }: MessageFacts): Buffer {
    const size = { size: count };
    return pack({ ...size, ...(chunk !== undefined && { chunk }), ...(this.gzip && { compressed: 'gzip' }) });
  }
}
