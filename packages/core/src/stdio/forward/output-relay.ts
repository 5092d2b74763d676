import { setImmediate as nextTurn } from 'node:timers/promises';
import { native, PIPE_STATE } from '@holdfast/native';
import { faultPoint } from '../../faults/fault-point.js';
import type { StreamName } from '../../plugin/log-batch.js';
import type { EventPoller } from '../event-poller.js';
import type { OutputGate } from '../output-gate.js';
import type { OutputReader } from '../output-reader.js';
import type { PeekBuffers } from '../peek-buffers.js';
import { PipeSource } from '../pipe-source.js';
import { dropBytes, type Dropped } from './drop-bytes.js';
import type { LogPipe } from './log-pipe.js';
import type { OutputTarget } from './output-target.js';
import { Patience } from './patience.js';

const { ENDED, EMPTY, FULL, UNREAD } = PIPE_STATE;
const MOST_BYTES = 1 << 20;
/** Moves before others get their turn. */
const MOVES_PER_TURN = 8;
/** One move of so many bytes tells of a process that fills its pipe. */
const BUSY_BYTES = 32 << 10;
/** A disk that does not answer may take so much longer than the drain. */
const PENDING_MS = 1_000;

export interface OutputRelayOptions {
  readonly stream: StreamName;
  /** Read end of the process's FIFO, non-blocking; not owned. */
  readonly fd: number;
  /** Owned. */
  readonly target: OutputTarget;
  /** What log drivers read; owned. Left out: there are none. */
  readonly log?: LogPipe | undefined;
  readonly poller: EventPoller;
  readonly buffers: PeekBuffers;
  /** Left out: always open. */
  readonly gate?: OutputGate | undefined;
  readonly onDropped: (dropped: Dropped) => void;
  /** A bug or a failing system call: the stream ends here. */
  readonly onError: (error: unknown) => void;
}

/**
 * Moves one output into its target inside the kernel. The log drivers' pipe gets the same bytes first: a kill between the two doubles
 * them there, and loses none.
 */
export class OutputRelay implements OutputReader {
  readonly ended: Promise<void>;
  #resolveEnded!: () => void;
  readonly #source: PipeSource;
  readonly #patience: Patience;
  #log: LogPipe | undefined;
  /** Bytes at the head of the pipe that the log has already. */
  #ahead = 0;
  #started = false;
  #unwatch: (() => void)[] = [];
  #running = false;
  #pending = false;
  #again = false;
  #closed = false;
  #widened = false;
  #targetWidened = false;
  /** A reader that came after the last writer had gone is not told so by poll(2). */
  #lookedForEnd = false;
  /** Bytes that are still passed on once the time to wait is up. */
  #finishBytes = Infinity;

  constructor(private readonly options: OutputRelayOptions) {
    const { fd, buffers, target, log } = options;
    this.#source = new PipeSource(fd, buffers);
    this.#patience = new Patience(target.patienceMs, () => this.#wake());
    this.#log = log;
    const relayed = new Promise<void>((resolve) => (this.#resolveEnded = resolve));
    this.ended = Promise.all([relayed, log?.reader.ended]).then(() => undefined);
  }

  get stream(): StreamName {
    return this.options.stream;
  }

  start(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    const { poller, fd, target, log } = this.options;
    const wake = (): void => this.#wake();
    this.#unwatch = [poller.watch(fd, wake), target.watch(wake)];
    if (log !== undefined) {
      this.#unwatch.push(poller.watchWritable(log.fd, wake));
      log.reader.start();
      // One that has failed must not hold the process up.
      void log.reader.ended.then(() => this.#forgetLog());
    }
    wake();
  }

  finish(): void {
    if (this.#closed) return this.options.log?.reader.finish();
    if (this.#finishBytes !== Infinity) return;
    this.#finishBytes = native.pipeBytes(this.options.fd);
    if (this.#pending) setTimeout(() => this.#end(), PENDING_MS);
    this.#wake();
  }

  close(): void {
    this.#end();
    this.options.log?.close();
  }

  unrecorded(): Buffer {
    return this.options.log?.reader.unrecorded() ?? Buffer.alloc(0);
  }

  get #finishing(): boolean {
    return this.#finishBytes !== Infinity;
  }

  #forgetLog(): void {
    this.#log = undefined;
    this.#wake();
  }

  #wake(): void {
    this.#again = true;
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#run().catch((error: unknown) => {
      this.#running = false;
      this.options.onError(error);
      this.#end();
    });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      for (let moves = 1; !this.#closed; moves++) {
        const more = this.#step();
        if (!(typeof more === 'boolean' ? more : await more)) break;
        if (moves % MOVES_PER_TURN === 0) await nextTurn();
      }
    }
    this.#running = false;
  }

  /** One move, unless the gate is closed. True if there may be more now. */
  #step(): boolean | Promise<boolean> {
    const { gate } = this.options;
    if (gate?.enter() === false) return false;
    let moving: boolean | Promise<boolean> = false;
    try {
      moving = this.#move();
    } finally {
      if (typeof moving === 'boolean') gate?.leave();
    }
    return typeof moving === 'boolean' ? moving : moving.finally(() => gate?.leave());
  }

  #move(): boolean | Promise<boolean> {
    const ready = Math.min(this.#ready(), this.#finishBytes);
    if (ready <= 0) return this.#settle(ready, 0);
    const taken = this.options.target.take(this.options.fd, ready);
    if (typeof taken === 'number') return this.#settle(taken, ready);
    this.#pending = true;
    return taken.then((bytes) => {
      this.#pending = false;
      return !this.#closed && this.#settle(bytes, ready);
    });
  }

  /** How many bytes may go on, after the log has got them; or a state. */
  #ready(): number {
    if (this.#log === undefined || this.#ahead > 0) return this.#ahead > 0 ? this.#ahead : MOST_BYTES;
    const { fd, target } = this.options;
    const room = target.room();
    if (room !== UNREAD) this.#patience.renew();
    const blocked = room <= 0 && native.pipeBytes(fd) > 0;
    if (blocked && !this.#mayDrop(room)) return room;
    const copied = native.tee(fd, this.#log.fd, room > 0 ? Math.min(room, MOST_BYTES) : blocked ? MOST_BYTES : 1);
    if (copied <= 0) return copied;
    this.#ahead = copied;
    faultPoint('forward-tee');
    return copied;
  }

  #mayDrop(state: number): boolean {
    return this.#finishing || (state === UNREAD && this.#patience.isOver());
  }

  /** `taken` of `ready` bytes, or a state. */
  #settle(taken: number, ready: number): boolean {
    if (taken > 0) {
      faultPoint('forward-splice');
      this.#patience.renew();
      return this.#consumed(taken);
    }
    if (taken === ENDED) return this.#end();
    if (taken === EMPTY) return this.#rest();
    // Small writes take a whole page each: a reader that comes late finds as many as there are pages.
    if (taken === FULL && !this.#targetWidened) return this.#widenTarget();
    if (ready > 0 && this.#mayDrop(taken)) return this.#drop(taken, ready);
    if (taken === UNREAD) this.#patience.wait();
    else if (ready > 0) this.#patience.renew();
    return false;
  }

  #consumed(bytes: number): boolean {
    if (bytes >= BUSY_BYTES && !this.#widened) this.#widen();
    this.#ahead = Math.max(0, this.#ahead - bytes);
    this.#finishBytes -= bytes;
    return this.#finishBytes > 0 || this.#end();
  }

  #rest(): boolean {
    this.#patience.rest();
    if (this.#finishing) return this.#end();
    if (this.#lookedForEnd) return false;
    this.#lookedForEnd = true;
    return this.#source.isAtEnd() && this.#end();
  }

  /** What nobody takes: it goes nowhere, and is counted. */
  #drop(state: number, ready: number): boolean {
    const { buffers, stream, onDropped } = this.options;
    const dropped = dropBytes(this.#source, buffers, ready);
    const reason = state === UNREAD ? 'no reader' : 'reader too slow';
    if (dropped.bytes === 0) return this.#rest();
    onDropped({ ...dropped, stream, reason });
    return this.#consumed(dropped.bytes);
  }

  /** Fewer rounds for the same bytes. */
  #widen(): void {
    this.#widened = true;
    this.#source.widen();
    this.#widenTarget();
  }

  #widenTarget(): true {
    this.#targetWidened = true;
    this.options.target.widen();
    return true;
  }

  #end(): false {
    if (this.#closed) return false;
    this.#closed = true;
    this.#patience.rest();
    for (const unwatch of this.#unwatch) unwatch();
    const { target, log } = this.options;
    target.close();
    // The end of its pipe is what the log drivers' reader waits for.
    log?.endWriting();
    if (this.#finishing) log?.reader.finish();
    this.#resolveEnded();
    return false;
  }
}
