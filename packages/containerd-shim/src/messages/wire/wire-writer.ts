import { CODE, TtrpcError } from '../../ttrpc/codes.js';

const FIRST_SIZE = 128;
const MAX_VARINT_BYTES = 10;

/** Writes protobuf's wire format into a buffer that grows. */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  #at = 0;

  /** What has been written, without a copy. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  tag(number: number, wireType: number): void {
    this.uint32(((number << 3) | wireType) >>> 0);
  }

  bool(value: boolean): void {
    this.uint32(value ? 1 : 0);
  }

  uint32(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw outOfRange(value, 'uint32');
    this.#room(MAX_VARINT_BYTES);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  /** Negative ones take ten bytes. */
  int32(value: number): void {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) throw outOfRange(value, 'int32');
    if (value >= 0) this.uint32(value);
    else this.int64(BigInt(value));
  }

  uint64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw outOfRange(value, 'uint64');
    if (value <= 0xffff_ffffn) {
      this.uint32(Number(value));
      return;
    }
    this.#room(MAX_VARINT_BYTES);
    let rest = value;
    while (rest > 0x7fn) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }

  int64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw outOfRange(value, 'int64');
    this.uint64(BigInt.asUintN(64, value));
  }

  double(value: number): void {
    this.#room(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.uint32(length);
    this.#room(length);
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
  }

  #room(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function outOfRange(value: number | bigint, kind: string): TtrpcError {
  return new TtrpcError(CODE.Internal, `${value} is no ${kind}`);
}
