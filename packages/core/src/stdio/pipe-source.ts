import { native } from '@holdfast/native';
import { BUSY_PIPE_BYTES, PIPE_BYTES, type PeekBuffers } from './peek-buffers.js';

/** The read end of a FIFO whose bytes are looked at before they are consumed. Owns nothing. */
export class PipeSource {
  #capacity = PIPE_BYTES;
  #widened = false;

  constructor(
    private readonly fd: number,
    private readonly buffers: PeekBuffers,
  ) {}

  /** Bytes in it now. */
  get bytes(): number {
    return native.pipeBytes(this.fd);
  }

  /** Copies its first bytes into `buffer`; returns how many, 0 at end of file, -1 if there is nothing now. */
  peek(buffer: Buffer): number {
    const length = native.peek(this.fd, this.buffers.scratch, buffer);
    if (!this.#widened && this.#isFull(length)) this.widen();
    return length;
  }

  /** True if no more than these `length` bytes will be in it, however long one waits. */
  isStuck(length: number): boolean {
    return this.#widened && this.#isFull(length);
  }

  discard(bytes: number): void {
    try {
      native.discard(this.fd, bytes);
    } catch {
      // The container can open its own stdout and read from it: then there is less left than the peek saw.
    }
  }

  /** Pages are shared by small writes only as far as a whole one fits: at least half of a full pipe is used. */
  #isFull(length: number): boolean {
    return length > this.#capacity / 2;
  }

  /** No writer is left, nor anything to read. */
  isAtEnd(): boolean {
    const buffer = this.buffers.take();
    try {
      return this.peek(buffer.subarray(0, 1)) === 0;
    } finally {
      this.buffers.give(buffer);
    }
  }

  /** A container that fills its pipe gets a larger one: fewer rounds for the same bytes. */
  widen(): void {
    this.#widened = true;
    try {
      this.#capacity = native.setPipeSize(this.fd, BUSY_PIPE_BYTES);
    } catch {
      // Over pipe-user-pages-soft: it stays as it is, and is not asked again.
    }
  }
}
