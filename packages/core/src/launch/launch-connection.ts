import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { ShimError } from '../plugin/shim-error.js';
import type { EventPoller } from '../stdio/event-poller.js';
import { acceptedPacket, exitPacket, OUTPUT_BYTES, outPacket, refusedPacket, type Refusal } from './launch-packets.js';

/** Two, because one watches a descriptor for one direction. */
export interface LaunchPollers {
  readonly reading: EventPoller;
  readonly writing: EventPoller;
}

/** The connection of one launcher; owns its descriptor. */
export class LaunchConnection {
  readonly #gone = new AbortController();
  readonly #unwatch: () => void;
  readonly #offsets = { 1: 0, 2: 0 };
  #sending: Promise<void> = Promise.resolve();
  #open = true;

  /** `ready` is called when there is something to read, be it the end. */
  constructor(
    readonly fd: number,
    private readonly pollers: LaunchPollers,
    ready: () => void,
  ) {
    this.#unwatch = pollers.reading.watch(fd, ready);
  }

  /** Aborts when the launcher has gone, or the connection was closed. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** False if the launcher has gone: it does not know that it was accepted, and may have turned to others. */
  accept(): boolean {
    return this.send(acceptedPacket());
  }

  /** At once, or not at all: false. */
  send(packet: Buffer): boolean {
    return this.#sent(packet);
  }

  /** After what was posted and written before. Rejects with SHIM_UNAVAILABLE if the launcher has gone. */
  post(packet: Buffer): Promise<void> {
    return this.#next(() => this.#send(packet));
  }

  refuse(reason: Refusal): void {
    this.#sent(refusedPacket(reason));
    this.close();
  }

  /** In the order of the calls. Rejects with SHIM_UNAVAILABLE if the launcher has gone. */
  write(stream: 1 | 2, bytes: Uint8Array): Promise<void> {
    return this.#next(async () => {
      for (let at = 0; at < bytes.length; at += OUTPUT_BYTES) {
        const part = bytes.subarray(at, at + OUTPUT_BYTES);
        await this.#send(outPacket(stream, this.#offsets[stream], part));
        this.#offsets[stream] += part.length;
      }
    });
  }

  /** After all output. What has been sent is there for the launcher when this end is closed. */
  exit(code: number): Promise<void> {
    return this.post(exitPacket(code));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#unwatch();
    // Whoever waits to write lets go of the descriptor first.
    this.#gone.abort(gone());
    closeSync(this.fd);
  }

  #next(send: () => Promise<void>): Promise<void> {
    const sending = this.#sending.then(send);
    this.#sending = sending.catch(() => undefined);
    return sending;
  }

  async #send(packet: Buffer): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      if (this.#sent(packet)) return;
      this.signal.throwIfAborted();
      await this.#room();
    }
  }

  /** False if it has to wait, or the launcher has gone: then it is closed. */
  #sent(packet: Buffer): boolean {
    if (!this.#open) return false;
    try {
      return native.send(this.fd, packet, []);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EPIPE' && code !== 'ECONNRESET') throw error;
      this.close();
      return false;
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.signal.removeEventListener('abort', done);
        unwatch();
        resolve();
      };
      const unwatch = this.pollers.writing.watchWritable(this.fd, done);
      this.signal.addEventListener('abort', done);
    });
  }
}

function gone(): ShimError {
  return new ShimError('SHIM_UNAVAILABLE', 'the launcher has gone');
}
