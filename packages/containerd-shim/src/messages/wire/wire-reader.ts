import { isUtf8 } from 'node:buffer';
import { CODE, TtrpcError } from '../../ttrpc/codes.js';

/** Wire types of protobuf. Groups, 3 and 4, are refused. */
export const WIRE = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

const MAX_VARINT_BYTES = 10;
const TWO_32 = 0x1_0000_0000;

/** The error for bytes that are no protobuf message. */
export function malformed(what: string): TtrpcError {
  return new TtrpcError(CODE.InvalidArgument, `malformed message: ${what}`);
}

/** Reads protobuf's wire format from `bytes`. Throws InvalidArgument where it is broken; never reads beyond the end. */
export class WireReader {
  /** Halves of the varint that was read last, unsigned. */
  #low = 0;
  #high = 0;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** A field's number and wire type: number × 8 + type. */
  tag(): number {
    this.#varint();
    if (this.#high !== 0 || this.#low < 8) throw malformed('a field with an impossible number');
    return this.#low;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** The low 32 bits, as every implementation takes them. */
  uint32(): number {
    this.#varint();
    return this.#low;
  }

  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  uint64(): bigint {
    this.#varint();
    return this.#high < 0x20_0000 ? BigInt(this.#high * TWO_32 + this.#low) : wide(this.#high, this.#low);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  double(): number {
    const at = this.#take(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  /** A view of what belongs to the field. */
  view(): Uint8Array {
    this.#varint();
    if (this.#high !== 0) throw malformed('a length beyond the end');
    const length = this.#low;
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A copy: a small value must not keep the buffer it came in. */
  copy(): Uint8Array {
    return new Uint8Array(this.view());
  }

  string(): string {
    const view = this.view();
    if (view.length === 0) return '';
    if (!isUtf8(view)) throw malformed('a string that is not UTF-8');
    return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('utf8');
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wireType: number): void {
    if (wireType === WIRE.VARINT) this.#varint();
    else if (wireType === WIRE.FIXED64) this.#take(8);
    else if (wireType === WIRE.BYTES) this.view();
    else if (wireType === WIRE.FIXED32) this.#take(4);
    else throw malformed(`wire type ${wireType}`);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.bytes.length - at) throw malformed('it ends within a field');
    this.#at = at + length;
    return at;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw malformed('it ends within a number');
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        if (i === MAX_VARINT_BYTES - 1 && byte > 1) throw malformed('a number of more than 64 bits');
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw malformed('a number of more than 64 bits');
  }
}

function wide(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
