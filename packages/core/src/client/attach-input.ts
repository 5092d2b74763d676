import type { Readable } from 'node:stream';
import { encodeFrame, FRAME, FRAME_HEADER_BYTES, FRAME_MAX_PAYLOAD, writeFrameHeader } from '../api/frames.js';
import type { AttachSocket } from './attach-socket.js';

/**
 * Sends a Readable of ours as stdin, one chunk at a time: the next is read when the kernel has taken the last. It outlives
 * connections: a chunk that was not handed over goes to the next one.
 */
export class InputRelay {
  #pending: Buffer = Buffer.alloc(0);
  #offset = 0n;
  #ended = false;
  #socket: AttachSocket | undefined;
  #busy = false;

  constructor(private readonly source: Readable) {}

  /** The source stays paused until a connection is there. */
  open(): void {
    this.source.pause();
    this.source.on('data', this.#take);
    for (const event of ['end', 'close', 'error']) this.source.on(event, this.#finish);
    if (this.source.readableEnded || this.source.destroyed) this.#ended = true;
  }

  close(): void {
    this.#socket = undefined;
    this.source.off('data', this.#take);
    for (const event of ['end', 'close', 'error']) this.source.off(event, this.#finish);
    this.source.pause();
  }

  connect(socket: AttachSocket): void {
    this.#socket = socket;
    this.#busy = false;
    this.#pump();
  }

  disconnect(): void {
    this.#socket = undefined;
    this.source.pause();
  }

  readonly #take = (chunk: Buffer | string): void => {
    this.source.pause();
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    this.#pump();
  };

  /** A source that fails has no more to say: the process sees an end of file. */
  readonly #finish = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#pump();
  };

  #pump(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#busy) return;
    if (this.#pending.length > 0) this.#send(socket, this.#pending.subarray(0, FRAME_MAX_PAYLOAD));
    else if (!this.#ended) this.source.resume();
    else {
      // Sent once on every connection: closing what is closed is harmless, and nothing tells whether the last one got it.
      this.#busy = true;
      socket.write(encodeFrame(FRAME.CLOSE_STDIN));
    }
  }

  #send(socket: AttachSocket, payload: Buffer): void {
    this.#busy = true;
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    writeFrameHeader(header, 0, { type: FRAME.STDIN, length: payload.length, offset: this.#offset });
    socket.cork();
    socket.write(header);
    socket.write(payload, (error) => {
      if (socket !== this.#socket || socket.writeFailed || (error !== null && error !== undefined)) return;
      this.#busy = false;
      this.#offset += BigInt(payload.length);
      this.#pending = this.#pending.subarray(payload.length);
      this.#pump();
    });
    socket.uncork();
  }
}
