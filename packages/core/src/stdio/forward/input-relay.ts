import { closeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { native, PIPE_STATE } from '@holdfast/native';
import { faultPoint } from '../../faults/fault-point.js';
import type { EventPoller } from '../event-poller.js';
import type { OnTaken } from '../input-writer.js';
import type { PeekBuffers } from '../peek-buffers.js';
import { PipeSource } from '../pipe-source.js';

const { EMPTY, FULL } = PIPE_STATE;
const MOST_BYTES = 1 << 16;
const MOVES_PER_TURN = 16;

export interface InputRelayOptions {
  /** The asker's FIFO, open for reading and writing, so that it has no end; non-blocking, owned. */
  readonly from: number;
  /** The process's stdin, or the master of its terminal; non-blocking, owned. */
  readonly to: number;
  readonly poller: EventPoller;
  readonly buffers: PeekBuffers;
  /** For kernels that splice into no terminal. */
  readonly write: (bytes: Buffer, onTaken: OnTaken) => Promise<void>;
  /** Called once it is closed: all has been passed on after `end`, or nobody will read any more of it. */
  readonly onClosed: () => void;
  readonly onError: (error: unknown) => void;
}

/** Moves input from the asker's FIFO to a process inside the kernel: each byte once, over a kill too. */
export class InputRelay {
  readonly #unwatch: (() => void)[];
  #running = false;
  #again = false;
  #ending = false;
  #closed = false;
  #spliceable = true;

  constructor(private readonly options: InputRelayOptions) {
    const { poller, from, to } = options;
    const wake = (): void => this.#wake();
    this.#unwatch = [poller.watch(from, wake), poller.watchWritable(to, wake)];
    wake();
  }

  /** Nothing more comes: closes once what is there has been passed on. */
  end(): void {
    this.#ending = true;
    this.#wake();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const unwatch of this.#unwatch) unwatch();
    closeSync(this.options.from);
    closeSync(this.options.to);
    this.options.onClosed();
  }

  #wake(): void {
    this.#again = true;
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#run().catch((error: unknown) => {
      this.#running = false;
      this.options.onError(error);
      this.close();
    });
  }

  async #run(): Promise<void> {
    // Not within the constructor: who made it must know it before it closes.
    await Promise.resolve();
    while (this.#again && !this.#closed) {
      this.#again = false;
      for (let moves = 1; (await this.#move()) > 0; moves++) if (moves % MOVES_PER_TURN === 0) await nextTurn();
    }
    this.#running = false;
  }

  async #move(): Promise<number> {
    if (this.#closed) return 0;
    const moved = this.#spliceable ? this.#splice() : await this.#copy();
    if (moved > 0) faultPoint('forward-input');
    else if (moved === EMPTY ? this.#ending : moved !== FULL) this.close();
    return moved;
  }

  #splice(): number {
    try {
      return native.splice(this.options.from, this.options.to, MOST_BYTES);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      this.#spliceable = false;
      // Another move, by other means.
      this.#again = true;
      return FULL;
    }
  }

  async #copy(): Promise<number> {
    const { from, buffers, write } = this.options;
    const source = new PipeSource(from, buffers);
    const buffer = buffers.take();
    try {
      const bytes = source.peek(buffer.subarray(0, MOST_BYTES));
      if (bytes > 0) await write(buffer.subarray(0, bytes), (taken) => this.#closed || source.discard(taken));
      return bytes;
    } finally {
      buffers.give(buffer);
    }
  }
}
