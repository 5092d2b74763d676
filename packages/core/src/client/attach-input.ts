import type { Readable } from 'node:stream';
import {
  encodeFrame,
  encodeResize,
  FRAME,
  FRAME_HEADER_BYTES,
  FRAME_MAX_PAYLOAD,
  writeFrameHeader,
} from '../api/frames.js';
import type { TerminalSize } from '../api/terminal-documents.js';
import type { AttachSocket } from './attach-socket.js';

/**
 * Sends a Readable of ours as stdin, one chunk at a time: the next is read when the process's side has taken the last. It outlives
 * connections: what was not acknowledged on one goes to the next.
 */
export class InputRelay {
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the connection that have been acknowledged. */
  #acknowledged = 0n;
  #ended = false;
  #socket: AttachSocket | undefined;
  /** Bytes at the head of `pending` that are on their way. */
  #sent = 0;
  #closing = false;
  #size: TerminalSize | undefined;

  /** `leaveOpen`: the end of the source is not the end of stdin. */
  constructor(
    private readonly source: Readable | null,
    private readonly leaveOpen = false,
  ) {}

  /** The source stays paused until a connection is there. */
  open(): void {
    const { source } = this;
    if (source === null) return;
    source.pause();
    source.on('data', this.#take);
    for (const event of ['end', 'close', 'error']) source.on(event, this.#finish);
    if (source.readableEnded || source.destroyed) this.#ended = true;
  }

  close(): void {
    const { source } = this;
    this.#socket = undefined;
    if (source === null) return;
    source.off('data', this.#take);
    for (const event of ['end', 'close', 'error']) source.off(event, this.#finish);
    source.pause();
  }

  connect(socket: AttachSocket): void {
    this.#socket = socket;
    this.#acknowledged = 0n;
    this.#sent = 0;
    this.#closing = false;
    if (this.#size !== undefined) socket.write(encodeResize(this.#size));
    this.#pump();
  }

  disconnect(): void {
    this.#socket = undefined;
    this.source?.pause();
  }

  /** Our terminal has this size now; every connection begins with it. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#socket?.write(encodeResize(size));
  }

  /** The process's side has taken what this connection sent, up to `offset`. */
  acknowledged(offset: bigint): void {
    const taken = Number(offset - this.#acknowledged);
    if (taken <= 0 || taken > this.#sent) return;
    this.#acknowledged = offset;
    this.#sent -= taken;
    this.#pending = this.#pending.subarray(taken);
    this.#pump();
  }

  readonly #take = (chunk: Buffer | string): void => {
    this.source?.pause();
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
    if (socket === undefined || this.#sent > 0 || this.#closing) return;
    if (this.#pending.length > 0) this.#send(socket, this.#pending.subarray(0, FRAME_MAX_PAYLOAD));
    else if (!this.#ended) this.source?.resume();
    else if (!this.leaveOpen) {
      // Sent once on every connection: closing what is closed is harmless, and nothing tells whether the last one got it.
      this.#closing = true;
      socket.write(encodeFrame(FRAME.CLOSE_STDIN));
    }
  }

  #send(socket: AttachSocket, payload: Buffer): void {
    this.#sent = payload.length;
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    writeFrameHeader(header, 0, { type: FRAME.STDIN, length: payload.length, offset: this.#acknowledged });
    socket.cork();
    socket.write(header);
    socket.write(payload);
    socket.uncork();
  }
}
