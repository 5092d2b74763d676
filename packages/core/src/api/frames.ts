import { ShimError } from '../plugin/shim-error.js';
import type { TerminalSize } from './terminal-documents.js';

/**
 * The frames of an upgraded attach connection (`Upgrade: holdfast/1`), both ways.
 *
 * Header, 16 bytes, little-endian: u8 type, u8 stream (1 stdout, 2 stderr, 0 otherwise), u16 0, u32 payload length,
 * u64 offset of the payload's first byte in its stream. The server closes after EXIT; a connection that closes without it
 * was cut, and what arrived in whole frames counts.
 */
export const FRAME = {
  /** Server: bytes of the process's output. */
  OUTPUT: 1,
  /** Server: everything has been sent; the payload is an ExitDocument as JSON. */
  EXIT: 2,
  /** Server: bytes that this client misses; the payload is `{"bytes":N}`. */
  GAP: 3,
  /** Server: an ErrorDocument as JSON; the connection closes. */
  ERROR: 4,
  /** Server: the kernel has taken stdin of this connection up to `offset`; a client that must connect again sends what follows. */
  ACK: 5,
  /**
   * Server, first of all if the query asked for replay: what the process wrote before this connection is in the logs, in records before
   * the time `until` (nanoseconds since the epoch); what follows here is the rest. The payload is `{"until":"N"}`.
   */
  CUT: 6,
  /** Client: bytes for stdin. */
  STDIN: 16,
  /** Client: no more stdin. */
  CLOSE_STDIN: 17,
  /** Client: u16 rows, u16 columns of the terminal. */
  RESIZE: 18,
} as const;

export const FRAME_HEADER_BYTES = 16;
/** Larger payloads are refused. */
export const FRAME_MAX_PAYLOAD = 1 << 20;
/** Value of the Upgrade header. */
export const FRAME_PROTOCOL = 'holdfast/1';

export interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly offset: bigint;
  /** Valid until the decoder's callback returns. */
  readonly payload: Buffer;
}

/** Writes a header for `length` payload bytes to `target` at `at`. */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  header: { type: number; stream?: number; length: number; offset?: bigint },
): void {
  target[at] = header.type;
  target[at + 1] = header.stream ?? 0;
  target.writeUInt16LE(0, at + 2);
  target.writeUInt32LE(header.length, at + 4);
  target.writeBigUInt64LE(header.offset ?? 0n, at + 8);
}

/** A whole frame in a buffer of its own. */
export function encodeFrame(type: number, payload: Uint8Array = Buffer.alloc(0), stream = 0, offset = 0n): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(frame, 0, { type, stream, length: payload.length, offset });
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** A whole RESIZE frame. */
export function encodeResize({ rows, columns }: TerminalSize): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16LE(rows, 0);
  payload.writeUInt16LE(columns, 2);
  return encodeFrame(FRAME.RESIZE, payload);
}

/** What a RESIZE frame says. Throws SHIM_INVALID_ARGUMENT. */
export function decodeResize({ payload }: Frame): TerminalSize {
  if (payload.length === 4) return { rows: payload.readUInt16LE(0), columns: payload.readUInt16LE(2) };
  throw new ShimError('SHIM_INVALID_ARGUMENT', `attach: a resize of ${payload.length} bytes makes no sense`);
}

const NONE = Buffer.alloc(0);

/** Cuts a byte stream into frames; throws SHIM_INVALID_ARGUMENT on an oversized one. */
export class FrameDecoder {
  /** Holds a frame of which a part has come: the first `#bytes`. It grows with what comes, not with what is announced. */
  #kept = NONE;
  #bytes = 0;

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const length = this.#bytes === 0 ? frameLength(rest) : undefined;
      rest = length !== undefined && length <= rest.length ? this.#tell(rest, length) : this.#keep(rest);
    }
  }

  /** Takes what belongs to the frame that is kept, and returns what is left. */
  #keep(bytes: Buffer): Buffer {
    const wanted = (frameLength(this.#kept.subarray(0, this.#bytes)) ?? FRAME_HEADER_BYTES) - this.#bytes;
    const taken = bytes.subarray(0, wanted);
    this.#reserve(this.#bytes + taken.length);
    this.#kept.set(taken, this.#bytes);
    this.#bytes += taken.length;
    const frame = this.#kept.subarray(0, this.#bytes);
    if (frameLength(frame) === this.#bytes) {
      this.#kept = NONE;
      this.#bytes = 0;
      this.#tell(frame, frame.length);
    }
    return bytes.subarray(taken.length);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#kept.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#kept.length));
    this.#kept.copy(larger, 0, 0, this.#bytes);
    this.#kept = larger;
  }

  /** Passes on the frame at the beginning of `bytes`, and returns what is left. */
  #tell(bytes: Buffer, length: number): Buffer {
    this.onFrame({
      type: bytes[0] as number,
      stream: bytes[1] as number,
      offset: bytes.readBigUInt64LE(8),
      payload: bytes.subarray(FRAME_HEADER_BYTES, length),
    });
    return bytes.subarray(length);
  }
}

/** Of the frame that begins there, its header included; undefined if the header is not whole. */
function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return undefined;
  const length = bytes.readUInt32LE(4);
  if (length <= FRAME_MAX_PAYLOAD) return FRAME_HEADER_BYTES + length;
  throw new ShimError('SHIM_INVALID_ARGUMENT', `attach: a frame of ${length} bytes is over ${FRAME_MAX_PAYLOAD}`);
}
