import { deferred, type Deferred } from './deferred.js';

/** Bytes of messages that may wait for their reader before the connection is no longer read. */
const FULL = 4 * 1024 * 1024;
/** What a message costs beside its bytes. */
const OVERHEAD = 256;

/** Who stops and goes on reading the connection. */
export interface Gate {
  hold(): void;
  release(): void;
}

/** Messages of a stream that have come and were not read yet. One reader. */
export class MessageQueue implements AsyncIterable<Uint8Array> {
  #messages: Uint8Array[] = [];
  #size = 0;
  #holding = false;
  #ended = false;
  #abandoned = false;
  #error: Error | undefined;
  #waiting: Deferred<void> | undefined;

  constructor(private readonly gate: Gate) {}

  get ended(): boolean {
    return this.#ended;
  }

  push(message: Uint8Array): void {
    if (this.#ended || this.#abandoned) return;
    this.#messages.push(message);
    this.#size += message.length + OVERHEAD;
    if (this.#size >= FULL && !this.#holding) {
      this.#holding = true;
      this.gate.hold();
    }
    this.#wake();
  }

  /** Nothing follows. With an error the reader gets it, after what is there. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    // No more comes, and a reader that never reads must not stop the other streams.
    this.#releaseGate();
    this.#wake();
  }

  /** Nobody reads it any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#messages = [];
    this.#size = 0;
    this.#releaseGate();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const message = this.#messages.shift();
        if (message !== undefined) {
          this.#size -= message.length + OVERHEAD;
          if (this.#size < FULL) this.#releaseGate();
          yield message;
        } else if (this.#ended) {
          if (this.#error !== undefined) throw this.#error;
          return;
        } else {
          this.#waiting = deferred<void>();
          await this.#waiting.promise;
        }
      }
    } finally {
      this.abandon();
    }
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #releaseGate(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.gate.release();
  }
}
