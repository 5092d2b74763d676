import type { Duplex } from 'node:stream';
import { deferred, type Deferred } from './deferred.js';
import { encodeHeader, type Frame, type ReceivedFrame } from './frame.js';
import { FrameReader } from './frame-reader.js';

/** Data up to this size is copied behind its header; more goes by a second write of one writev. */
const COPIED = 16 * 1024;

export interface FrameListener {
  frame(frame: ReceivedFrame): void;
  /** Once. `error` if it did not end by itself. */
  closed(error: Error | undefined): void;
}

/** Frames over a stream socket. Its end, in either direction, is the end of it all. */
export class FrameChannel {
  #open = true;
  #holds = 0;
  #error: Error | undefined;
  #room: Deferred<void> | undefined;
  /** Writes that the kernel has not taken yet. */
  #writes = 0;
  #written: Deferred<void> | undefined;

  constructor(
    private readonly duplex: Duplex,
    private readonly listener: FrameListener,
  ) {}

  /** Begins to read. */
  start(): void {
    const reader = new FrameReader((frame) => {
      if (this.#open) this.listener.frame(frame);
    });
    this.duplex.on('error', (error: Error) => (this.#error = error));
    this.duplex.on('close', () => this.#close());
    this.duplex.on('end', () => this.close());
    this.duplex.on('drain', () => this.#drained());
    this.duplex.on('data', (chunk: Uint8Array) => reader.push(chunk));
    if (this.duplex.destroyed) this.#close();
  }

  get open(): boolean {
    return this.#open;
  }

  /** False: the socket is full; see {@link room}. What is sent to a closed channel is lost. */
  send(frame: Frame): boolean {
    if (!this.#open) return true;
    const header = encodeHeader(frame);
    if (frame.data.length === 0) return this.#write(header);
    if (frame.data.length <= COPIED) return this.#write(Buffer.concat([header, frame.data]));
    this.duplex.cork();
    this.#write(header);
    const room = this.#write(frame.data);
    this.duplex.uncork();
    return room;
  }

  /** Resolves when the kernel has all that was sent, and when the socket has closed. */
  flushed(): Promise<void> {
    if (!this.#open || this.#writes === 0) return Promise.resolve();
    this.#written ??= deferred<void>();
    return this.#written.promise;
  }

  /** Resolves when the socket takes more, and when it has closed. */
  room(): Promise<void> {
    if (!this.#open || !this.duplex.writableNeedDrain) return Promise.resolve();
    this.#room ??= deferred<void>();
    return this.#room.promise;
  }

  /** Stops reading, until {@link release} was called as often. */
  hold(): void {
    if (this.#holds++ === 0) this.duplex.pause();
  }

  release(): void {
    if (--this.#holds === 0 && this.#open) this.duplex.resume();
  }

  close(): void {
    this.duplex.destroy();
    this.#close();
  }

  #write(bytes: Uint8Array): boolean {
    this.#writes++;
    return this.duplex.write(bytes, () => {
      if (--this.#writes === 0) this.#allWritten();
    });
  }

  #allWritten(): void {
    this.#written?.resolve();
    this.#written = undefined;
  }

  #drained(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#drained();
    this.#allWritten();
    this.listener.closed(this.#error);
  }
}
