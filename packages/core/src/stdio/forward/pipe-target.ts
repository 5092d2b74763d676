import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import type { EventPoller } from '../event-poller.js';
import { BUSY_PIPE_BYTES } from '../peek-buffers.js';
import type { OutputTarget } from './output-target.js';

export interface PipeTargetOptions {
  /** Write end, non-blocking; owned. */
  readonly fd: number;
  readonly patienceMs: number;
  readonly poller: EventPoller;
  /** Called once, after it was closed here. */
  readonly onClose: () => void;
}

/** The write end of a FIFO, or of the pipe to a program. */
export class PipeTarget implements OutputTarget {
  #closed = false;

  constructor(private readonly options: PipeTargetOptions) {}

  get patienceMs(): number {
    return this.options.patienceMs;
  }

  room(): number {
    return native.pipeRoom(this.options.fd);
  }

  take(source: number, most: number): number {
    return native.splice(source, this.options.fd, most);
  }

  watch(wake: () => void): () => void {
    return this.options.poller.watchWritable(this.options.fd, wake);
  }

  widen(): void {
    try {
      native.setPipeSize(this.options.fd, BUSY_PIPE_BYTES);
    } catch {
      // Over pipe-user-pages-soft: it stays as it is.
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.options.fd);
    this.options.onClose();
  }
}
