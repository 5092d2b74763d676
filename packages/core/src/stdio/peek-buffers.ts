import { native } from '@holdfast/native';
import { closeSync } from 'node:fs';

/**
 * What a pipe holds at first, and what a busy one is raised to: several peeks, so that the container goes on writing while one of
 * them is logged.
 */
export const PIPE_BYTES = 64 << 10;
export const BUSY_PIPE_BYTES = 1 << 20;
/** What one peek shows at most, and so what a kill at the wrong moment doubles. */
const PEEK_BYTES = 256 << 10;
const KEPT = 4;

/** Buffers for bytes that were peeked at, lent for the time of one batch: an idle container holds none. */
export class PeekBuffers {
  readonly #free: Buffer[] = [];
  /** The pipe that tee(2) copies into; one serves all sources, since a peek is over before the next begins. */
  readonly scratch: readonly [number, number];

  constructor() {
    this.scratch = native.pipe(true);
    try {
      native.setPipeSize(this.scratch[1], PEEK_BYTES);
    } catch {
      // Over pipe-user-pages-soft: a peek shows less at a time.
    }
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PEEK_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }

  close(): void {
    closeSync(this.scratch[0]);
    closeSync(this.scratch[1]);
  }
}
