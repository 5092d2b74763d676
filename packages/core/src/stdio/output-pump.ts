import { setImmediate as nextTurn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { faultPoint } from '../faults/fault-point.js';
import type { MovedRecords } from '../plugin/file-lane.js';
import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import { LogBatchView } from './log-batch-view.js';
import { LineBeginning } from './line-beginning.js';
import type { OutputPumpOptions } from './output-pump-options.js';
import type { OutputReader } from './output-reader.js';
import { PipeMover } from './pipe-mover.js';
import { PipeSource } from './pipe-source.js';
import { RecordSplitter, type Split } from './record-splitter.js';
import { Throttle } from './throttle.js';

/** Peeks (of up to 256 KiB) before other streams and timers get their turn. */
const STEPS_PER_TURN = 8;

/** A peek of so many bytes tells of a busy container, whose records a lane may move on its own. */
const BUSY_BYTES = 32 << 10;

/**
 * Moves one stream from its FIFO to the sink. Bytes stay in the FIFO until the sink has them (peek, write, commit), so that
 * a killed shimd loses none; a kill between write and commit doubles at most one batch.
 */
export class OutputPump implements OutputReader {
  /** Resolves at end of file, or once `finish` has read what there was. */
  readonly ended: Promise<void>;
  #resolveEnded!: () => void;
  readonly #splitter: RecordSplitter;
  readonly #source: PipeSource;
  readonly #beginning: LineBeginning;
  readonly #throttle: Throttle;
  readonly #mover: PipeMover;
  #started = false;
  #unwatch: (() => void) | undefined;
  #running = false;
  #again = false;
  #hangup = false;
  /** Bytes that `finish` still passes on: a process that never stops writing must not keep it from ending. */
  #finishBytes = Infinity;
  #finishAsked = false;
  readonly #finishing: Promise<void>;
  #resolveFinishing!: () => void;
  #closed = false;
  /** Bytes at the head of the pipe that `raw` has had. */
  #shown = 0;
  /** Of these, those that the sink is recording. */
  #recording = 0;
  #sequence = 0;
  /** So much came that a lane may take over. */
  #busy = false;

  constructor(private readonly options: OutputPumpOptions) {
    const { fd, stream, sink, buffers, maxRecord, limiter, partialDelayMs: delayMs } = options;
    this.#splitter = new RecordSplitter(maxRecord);
    this.#source = new PipeSource(fd, buffers);
    this.#beginning = new LineBeginning({ source: this.#source, delayMs, wake: () => this.#wake() });
    this.#throttle = new Throttle(limiter, maxRecord);
    this.#mover = new PipeMover({
      fd,
      stream,
      maxRecord,
      move: (pipe) => (limiter === undefined ? sink.move?.(pipe) : undefined),
    });
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#finishing = new Promise((resolve) => (this.#resolveFinishing = resolve));
  }

  get stream(): StreamName {
    return this.options.stream;
  }

  start(): void {
    if (this.#started || this.#closed) return;
    this.#watch();
    this.#started = true;
    // The edge of bytes that were there before the watch may have passed.
    this.#wake();
  }

  /** Reads what there is now and ends: the time to wait for the end of file is up. */
  finish(): void {
    this.#finishAsked = true;
    // What is in the pipe is counted when nobody else takes of it.
    if (this.#mover.running) return this.#mover.stop();
    if (this.#closed || this.#finishBytes !== Infinity) return;
    this.#finishBytes = this.#source.bytes;
    this.#throttle.end();
    this.#resolveFinishing();
    this.#wake();
  }

  /** Ends without reading: the process is being removed. */
  close(): void {
    this.#end();
  }

  /** From now on all output is for `raw` too. */
  interrupt(): void {
    this.#mover.stop();
  }

  /** Bytes that `raw` has had and `records` has not: the beginning of a line, or what is about to be passed on. */
  unrecorded(): Buffer {
    this.interrupt();
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
    if (this.#throttle.waiting) return false;
    if (gate === undefined) return this.#read();
    if (!gate.enter()) return false;
    try {
      return await this.#read();
    } finally {
      gate.leave();
    }
  }

  async #read(): Promise<boolean> {
    const moving = this.#busy && this.#finishBytes === Infinity ? this.#mover.run() : undefined;
    this.#busy = false;
    if (moving !== undefined && (await this.#move(moving))) return true;
    return !this.#closed && this.#peek();
  }

  /** While others take records out of the pipe. True if they took some. */
  async #move(moving: Promise<MovedRecords | undefined>): Promise<boolean> {
    // Each write of the container would wake the loop for nothing.
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#beginning.forget();
    this.#shown = 0;
    const moved = await moving;
    if (this.#closed) return false;
    this.#watch();
    if (this.#finishAsked) this.finish();
    if (moved === undefined) return false;
    this.#sequence += moved.records;
    this.#busy = moved.bytes >= BUSY_BYTES;
    // A quiet container keeps no descriptor for it.
    if (!this.#busy) this.#mover.close();
    return moved.bytes > 0;
  }

  #watch(): void {
    this.#unwatch = this.options.poller.watch(this.options.fd, (hangup) => {
      this.#hangup ||= hangup;
      this.#wake();
    });
  }

  async #peek(): Promise<boolean> {
    const { buffers } = this.options;
    const buffer = buffers.take();
    let reusable = true;
    try {
      const length = this.#source.peek(this.#throttle.window(buffer));
      if (length <= 0) {
        if (length === 0 || this.#finishBytes !== Infinity) this.#end();
        return false;
      }
      faultPoint('log-peek');
      const split = this.#split(buffer, length);
      const allowed = this.#throttle.allow(split, this.#splitter.ends);
      if (allowed.count < split.count && allowed.consumed === 0) return this.#wait();
      // What waits is not shown either.
      await this.#show(buffer, allowed.consumed < split.consumed ? allowed.consumed : length);
      if (this.#closed) return false;
      if (split.count === 0) return this.#beginning.wait(length);
      reusable = await this.#pass(buffer, allowed, split);
      this.#busy = length >= BUSY_BYTES;
      this.#finishBytes -= allowed.consumed;
      if (this.#finishBytes <= 0) this.#end();
      return true;
    } finally {
      if (reusable) buffers.give(buffer);
    }
  }

  #split(buffer: Buffer, length: number): Split {
    // Bytes beyond this peek may hold the end of its last line.
    const final = this.#finishBytes <= length || (this.#hangup && this.#source.bytes <= length);
    return this.#splitter.split(buffer.subarray(0, length), final || this.#beginning.due);
  }

  /** The first record must wait, and all behind it. */
  #wait(): false {
    this.#throttle.wait(this.#splitter.ends[0]!, () => this.#wake());
    return false;
  }

  /** Passes on the first `count` records, drops the others up to `consumed`, and takes all of them out of the pipe. */
  async #pass(buffer: Buffer, { count, consumed }: Split, split: Split): Promise<boolean> {
    this.#beginning.forget();
    const { stream } = this.options;
    const { ends } = this.#splitter;
    const bytes = buffer.subarray(0, count === 0 ? 0 : ends[count - 1]);
    const dropped = { records: consumed === bytes.length ? 0 : split.count - count, bytes: consumed - bytes.length };
    const batch = { stream, time: native.realtime(), sequence: this.#sequence, count, bytes, ends };
    this.#recording = consumed;
    const reusable = await this.#record(new LogBatchView(batch), dropped);
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

  async #record(batch: LogBatch, dropped: { records: number; bytes: number }): Promise<boolean> {
    const { stream, time, sequence, count } = batch;
    const { sink } = this.options;
    const reusable = count === 0 || (await sink.records(batch));
    const next = sequence + count + dropped.records;
    if (dropped.records > 0) sink.lose?.({ stream, ...dropped, reason: 'rate limit', from: time, to: time, next });
    return reusable;
  }

  async #show(buffer: Buffer, length: number): Promise<void> {
    if (length <= this.#shown) return;
    const fresh = buffer.subarray(this.#shown, length);
    this.#shown = length;
    const taken = this.options.sink.raw(this.options.stream, fresh);
    if (taken !== undefined) await Promise.race([taken, this.#finishing]);
  }

  #fail(error: unknown): void {
    this.#running = false;
    this.options.onError(error);
    this.#end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#beginning.forget();
    this.#throttle.end();
    this.#mover.close();
    this.#unwatch?.();
    this.#resolveEnded();
  }
}
