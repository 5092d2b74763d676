import { setImmediate as nextTurn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { faultPoint } from '../faults/fault-point.js';
import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import type { LogLoss } from '../plugin/log-driver.js';
import type { EventPoller } from './event-poller.js';
import { LogBatchView } from './log-batch-view.js';
import type { OutputGate } from './output-gate.js';
import type { PeekBuffers } from './peek-buffers.js';
import { PipeSource } from './pipe-source.js';
import type { RateLimiter } from './rate-limiter.js';
import { RecordSplitter, type Split } from './record-splitter.js';

/** Peeks (of up to 256 KiB) before other streams and timers get their turn. */
const STEPS_PER_TURN = 8;

/** Takes what a stream brings. */
export interface OutputSink {
  /**
   * Bytes as they came, each once, records or not, before `records` gets them. `bytes` is valid until this returns: what
   * must wait is copied. A promise is back-pressure.
   */
  raw(stream: StreamName, bytes: Buffer): Promise<void> | undefined;
  /**
   * Whole records. Resolves when they are where a kill of shimd can't lose them: only then they leave the pipe.
   * Resolves to false if something may still use the buffer.
   */
  records(batch: LogBatch): Promise<boolean>;
  /** Counts records that the rate limit has dropped: they come to no `records`. */
  readonly lose?: ((loss: LogLoss) => void) | undefined;
}

/** What {@link OutputPump} needs. */
export interface OutputPumpOptions {
  readonly stream: StreamName;
  /** Read end of the FIFO, non-blocking; the pump owns it. */
  readonly fd: number;
  readonly sink: OutputSink;
  readonly poller: EventPoller;
  readonly buffers: PeekBuffers;
  /** Left out: always open. */
  readonly gate?: OutputGate | undefined;
  /** Left out: none. */
  readonly limiter?: RateLimiter | undefined;
  /** Bytes; a longer line is cut. */
  readonly maxRecord: number;
  /** Milliseconds that the beginning of a line waits for its end before it is passed on as a partial record. */
  readonly partialDelayMs: number;
  /** A bug or a failing system call: the stream ends here. */
  readonly onError: (error: unknown) => void;
}

/**
 * Moves one stream from its FIFO to the sink. Bytes stay in the FIFO until the sink has them (peek, write, commit), so that
 * a killed shimd loses none; a kill between write and commit doubles at most one batch.
 */
export class OutputPump {
  /** Resolves at end of file, or once `finish` has read what there was. */
  readonly ended: Promise<void>;
  #resolveEnded!: () => void;
  readonly #splitter: RecordSplitter;
  readonly #source: PipeSource;
  #unwatch: (() => void) | undefined;
  #running = false;
  #again = false;
  #hangup = false;
  #flush = false;
  /** Bytes that `finish` still passes on: a process that never stops writing must not keep it from ending. */
  #finishBytes = Infinity;
  readonly #finishing: Promise<void>;
  #resolveFinishing!: () => void;
  #closed = false;
  #partialTimer: NodeJS.Timeout | undefined;
  /** Bytes at the head of the pipe that `raw` has had. */
  #shown = 0;
  /** Of these, those that the sink is recording. */
  #recording = 0;
  #sequence = 0;
  /** Takes back the wait for the rate limit. */
  #unthrottle: (() => void) | undefined;
  /** How much the last peek showed that ended in no whole record though the pipe held more. */
  #peekedInVain = 0;

  constructor(private readonly options: OutputPumpOptions) {
    this.#splitter = new RecordSplitter(options.maxRecord);
    this.#source = new PipeSource(options.fd, options.buffers);
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#finishing = new Promise((resolve) => (this.#resolveFinishing = resolve));
  }

  get stream(): StreamName {
    return this.options.stream;
  }

  start(): void {
    if (this.#unwatch !== undefined || this.#closed) return;
    this.#unwatch = this.options.poller.watch(this.options.fd, (hangup) => {
      this.#hangup ||= hangup;
      this.#wake();
    });
    // The edge of bytes that were there before the watch may have passed.
    this.#wake();
  }

  /** Reads what there is now and ends: the time to wait for the end of file is up. */
  finish(): void {
    if (this.#closed || this.#finishBytes !== Infinity) return;
    this.#finishBytes = this.#source.bytes;
    this.#go();
    this.#resolveFinishing();
    this.#wake();
  }

  /** Ends without reading: the process is being removed. */
  close(): void {
    this.#end();
  }

  /** Bytes that `raw` has had and `records` has not: the beginning of a line, or what is about to be passed on. */
  unrecorded(): Buffer {
    const { buffers } = this.options;
    if (this.#closed || this.#shown <= this.#recording) return Buffer.alloc(0);
    const buffer = buffers.take();
    try {
      const length = this.#source.peek(buffer);
      return Buffer.from(buffer.subarray(this.#recording, Math.max(this.#recording, Math.min(length, this.#shown))));
    } finally {
      buffers.give(buffer);
    }
  }

  #wake(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      for (let steps = 1; !this.#closed && (await this.#step()); steps++) {
        // A sink that answers at once and a writer that never stops would keep the event loop for themselves.
        if (steps % STEPS_PER_TURN === 0) await nextTurn();
      }
    } while (this.#again && !this.#closed);
    this.#running = false;
  }

  /** One peek, unless the gate is closed. True if there may be more now. */
  async #step(): Promise<boolean> {
    const { gate } = this.options;
    if (this.#unthrottle !== undefined) return false;
    if (gate === undefined) return this.#peek();
    if (!gate.enter()) return false;
    try {
      return await this.#peek();
    } finally {
      gate.leave();
    }
  }

  async #peek(): Promise<boolean> {
    const { buffers } = this.options;
    const buffer = buffers.take();
    let reusable = true;
    try {
      const length = this.#source.peek(this.#window(buffer));
      if (length <= 0) {
        if (length === 0 || this.#finishBytes !== Infinity) this.#end();
        return false;
      }
      faultPoint('log-peek');
      const split = this.#split(buffer, length);
      const allowed = this.#allow(split);
      if (allowed.count < split.count && allowed.consumed === 0) return this.#throttle();
      // What waits is not shown either.
      await this.#show(buffer, allowed.consumed < split.consumed ? allowed.consumed : length);
      if (this.#closed) return false;
      if (split.count === 0) return this.#awaitEndOfLine(length);
      this.#flush = false;
      reusable = await this.#pass(buffer, allowed, split);
      this.#finishBytes -= allowed.consumed;
      if (this.#finishBytes <= 0) this.#end();
      return true;
    } finally {
      if (reusable) buffers.give(buffer);
    }
  }

  /** The part of `buffer` to peek into: what must wait is not looked at, as far as that cuts no record. */
  #window(buffer: Buffer): Buffer {
    const { limiter, maxRecord } = this.options;
    if (limiter?.policy !== 'block' || this.#finishBytes !== Infinity) return buffer;
    return buffer.subarray(0, Math.max(maxRecord + 1, limiter.room));
  }

  #split(buffer: Buffer, length: number): Split {
    // Bytes beyond this peek may hold the end of its last line.
    const final = this.#finishBytes <= length || (this.#hangup && this.#source.bytes <= length);
    return this.#splitter.split(buffer.subarray(0, length), final || this.#flush);
  }

  /** Of these records, those that the rate limit lets pass. What it drops is consumed all the same. */
  #allow({ count, consumed }: Split): Split {
    const { limiter } = this.options;
    if (limiter === undefined || (limiter.policy === 'block' && this.#finishBytes !== Infinity))
      return { count, consumed };
    const { ends } = this.#splitter;
    const passed = limiter.take(ends, count);
    if (limiter.policy === 'drop' || passed === count) return { count: passed, consumed };
    return { count: passed, consumed: passed === 0 ? 0 : ends[passed - 1]! };
  }

  /** The first record must wait, and all behind it. */
  #throttle(): false {
    this.#unthrottle = this.options.limiter?.wait(this.#splitter.ends[0]!, () => {
      this.#unthrottle = undefined;
      this.#wake();
    });
    return false;
  }

  /** Waits for the rate limit no longer. */
  #go(): void {
    this.#unthrottle?.();
    this.#unthrottle = undefined;
  }

  /** Passes on the first `count` records, drops the others up to `consumed`, and takes all of them out of the pipe. */
  async #pass(buffer: Buffer, { count, consumed }: Split, split: Split): Promise<boolean> {
    clearTimeout(this.#partialTimer);
    this.#partialTimer = undefined;
    this.#peekedInVain = 0;
    const { stream, sink } = this.options;
    const { ends } = this.#splitter;
    const time = native.realtime();
    const kept = count === 0 ? 0 : ends[count - 1]!;
    const bytes = buffer.subarray(0, kept);
    this.#recording = consumed;
    const batch = { stream, time, sequence: this.#sequence, count, bytes, ends };
    const reusable = count === 0 || (await sink.records(new LogBatchView(batch)));
    const dropped = { records: consumed === kept ? 0 : split.count - count, bytes: consumed - kept };
    if (dropped.records > 0) sink.lose?.({ stream, ...dropped, reason: 'rate limit', from: time, to: time });
    faultPoint('log-write');
    // Closed meanwhile: the descriptor's number may be another file's by now.
    if (this.#closed) return reusable;
    this.#source.discard(consumed);
    faultPoint('log-commit');
    this.#sequence += count + dropped.records;
    this.#shown -= consumed;
    this.#recording = 0;
    if (!reusable) this.#splitter.ends = new Uint32Array(ends.length);
    return reusable;
  }

  async #show(buffer: Buffer, length: number): Promise<void> {
    if (length <= this.#shown) return;
    const fresh = buffer.subarray(this.#shown, length);
    this.#shown = length;
    const taken = this.options.sink.raw(this.options.stream, fresh);
    if (taken !== undefined) await Promise.race([taken, this.#finishing]);
  }

  /** The bytes stay in the pipe; the next edge or the timer looks at them again. */
  #awaitEndOfLine(length: number): boolean {
    // Bytes that came after the peek have made no new edge if the callback ran while this was at work.
    if (this.#source.bytes > length) {
      // The same again: the pipe holds more segments (packets of one byte, say) than a peek can copy, and no look will show more.
      this.#flush = length === this.#peekedInVain;
      this.#peekedInVain = length;
      return true;
    }
    if (this.#source.isStuck(length)) return (this.#flush = true);
    this.#partialTimer ??= setTimeout(() => {
      this.#partialTimer = undefined;
      this.#flush = true;
      this.#wake();
    }, this.options.partialDelayMs);
    return false;
  }

  #fail(error: unknown): void {
    this.#running = false;
    this.options.onError(error);
    this.#end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#partialTimer);
    this.#go();
    this.#unwatch?.();
    this.#resolveEnded();
  }
}
