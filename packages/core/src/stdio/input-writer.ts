import { closeSync, writeSync } from 'node:fs';
import { faultPoint } from '../faults/fault-point.js';
import type { EventPoller } from './event-poller.js';

/** Told how many bytes more have been taken. */
export type OnTaken = (bytes: number) => void;

interface Piece {
  bytes: Buffer;
  readonly onTaken: OnTaken;
  readonly done: () => void;
}

const ignore = (): void => undefined;

/** Writes input to a pipe or to a terminal's master, in order, without blocking. */
export class InputWriter {
  readonly #queue: Piece[] = [];
  #unwatch: (() => void) | undefined;
  #state: 'open' | 'ending' | 'closed' = 'open';

  /** Owns `fd`, non-blocking. */
  constructor(
    private readonly fd: number,
    private readonly poller: EventPoller,
  ) {}

  /**
   * Resolves when the kernel has taken the bytes, or nobody will ever read them. `onTaken` hears of every part as it is taken: what a
   * killed shimd has not handed over can be known.
   */
  write(bytes: Buffer, onTaken: OnTaken = ignore): Promise<void> {
    if (this.#state !== 'open') onTaken(bytes.length);
    if (this.#state !== 'open' || bytes.length === 0) return Promise.resolve();
    return new Promise((done) => {
      this.#queue.push({ bytes, onTaken, done });
      if (this.#queue.length === 1) this.#flush();
    });
  }

  /** Closes once what was written before is gone. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ending';
    if (this.#queue.length === 0) this.close();
  }

  /** Closes at once. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#unwatch?.();
    closeSync(this.fd);
    for (const { done } of this.#queue.splice(0)) done();
  }

  #flush(): void {
    for (let first; this.#state !== 'closed' && (first = this.#queue[0]) !== undefined;) {
      const written = this.#tryWrite(first.bytes);
      if (written === undefined) return this.#discard();
      if (written === 0) {
        this.#unwatch ??= this.poller.watchWritable(this.fd, () => this.#flush());
        return;
      }
      first.bytes = first.bytes.subarray(written);
      first.onTaken(written);
      faultPoint('input-taken');
      if (first.bytes.length > 0) continue;
      this.#queue.shift();
      first.done();
    }
    if (this.#state === 'ending') this.close();
  }

  /** What a process does not read is discarded, as a pipe would; it counts as taken, since it need not be sent again. */
  #discard(): void {
    for (const { bytes, onTaken } of this.#queue) onTaken(bytes.length);
    this.close();
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
