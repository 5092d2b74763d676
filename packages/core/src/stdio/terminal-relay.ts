import { setImmediate as nextTurn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { faultPoint } from '../faults/fault-point.js';
import type { EventPoller } from './event-poller.js';

const CHUNK_BYTES = 1 << 16;
/** Chunks before others get their turn. */
const CHUNKS_PER_TURN = 16;

export interface TerminalRelayOptions {
  /** The master, non-blocking. */
  readonly terminal: number;
  /** Write end of the pipe that the output goes to, non-blocking. */
  readonly pipe: number;
  readonly poller: EventPoller;
  /** Called once: the last slave has gone and everything is in the pipe, or `stop` was called. */
  readonly onEnd: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Moves what a terminal shows into a pipe, inside the kernel. A terminal can't be read without consuming; the pipe can, so that
 * what comes after it is as safe from a kill as the output of a container without a terminal.
 */
export class TerminalRelay {
  #unwatch: (() => void)[] = [];
  #running = false;
  #again = false;
  #ended = false;

  /** Owns neither descriptor. */
  constructor(private readonly options: TerminalRelayOptions) {}

  start(): void {
    const { poller, terminal, pipe } = this.options;
    const wake = (): void => this.#wake();
    this.#unwatch = [poller.watch(terminal, wake), poller.watchWritable(pipe, wake)];
    this.#wake();
  }

  /** Ends with what has been moved so far. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const unwatch of this.#unwatch) unwatch();
    this.options.onEnd();
  }

  #wake(): void {
    this.#again = true;
    if (this.#running || this.#ended) return;
    this.#running = true;
    this.#run().catch((error: unknown) => {
      this.options.onError(error);
      this.stop();
    });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false;
      for (let chunks = 1; this.#move(); chunks++) if (chunks % CHUNKS_PER_TURN === 0) await nextTurn();
    }
    this.#running = false;
  }

  /** True if there may be more now. An empty terminal and a full pipe look the same: an edge of either wakes it. */
  #move(): boolean {
    if (this.#ended) return false;
    const moved = native.spliceTerminal(this.options.terminal, this.options.pipe, CHUNK_BYTES);
    if (moved > 0) faultPoint('terminal-moved');
    if (moved === 0) this.stop();
    return moved > 0;
  }
}
