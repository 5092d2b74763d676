import { closeSync, writeSync } from 'node:fs';
import type { EventPoller } from './event-poller.js';

/** Writes what is typed to a terminal's master, in order, without blocking. */
export class TerminalInput {
  readonly #queue: { bytes: Buffer; taken: () => void }[] = [];
  #unwatch: (() => void) | undefined;
  #closed = false;

  /** Owns `fd`, non-blocking. */
  constructor(
    private readonly fd: number,
    private readonly poller: EventPoller,
  ) {}

  /** Resolves when the terminal has taken the bytes, or has hung up. */
  write(bytes: Buffer): Promise<void> {
    if (this.#closed || bytes.length === 0) return Promise.resolve();
    return new Promise((taken) => {
      this.#queue.push({ bytes, taken });
      if (this.#queue.length === 1) this.#flush();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch?.();
    closeSync(this.fd);
    for (const { taken } of this.#queue.splice(0)) taken();
  }

  #flush(): void {
    for (let first; !this.#closed && (first = this.#queue[0]) !== undefined;) {
      const written = this.#tryWrite(first.bytes);
      if (written === undefined) return this.close();
      if (written === 0) {
        this.#unwatch ??= this.poller.watchWritable(this.fd, () => this.#flush());
        return;
      }
      first.bytes = first.bytes.subarray(written);
      if (first.bytes.length > 0) continue;
      this.#queue.shift();
      first.taken();
    }
  }

  /** How many bytes; 0 if there is no room; undefined if nobody will ever read them. */
  #tryWrite(bytes: Buffer): number | undefined {
    try {
      return writeSync(this.fd, bytes);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : undefined;
    }
  }
}
