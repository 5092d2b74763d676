import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { onTestFinished } from 'vitest';
import type { LogBatch, StreamName } from '../../src/plugin/log-batch.js';
import { EventPoller } from '../../src/stdio/event-poller.js';
import type { OutputGate } from '../../src/stdio/output-gate.js';
import { OutputPump } from '../../src/stdio/output-pump.js';
import type { OutputSink } from '../../src/stdio/output-sink.js';
import type { MoveRecords } from '../../src/stdio/pipe-mover.js';
import type { LogLoss } from '../../src/plugin/log-driver.js';
import type { RateLimiter } from '../../src/stdio/rate-limiter.js';
import { PeekBuffers } from '../../src/stdio/peek-buffers.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const { O_RDWR, O_RDONLY, O_NONBLOCK } = constants;

/** Keeps what a pump passes on. */
export class FakeSink implements OutputSink {
  raws = '';
  readonly batches: string[][] = [];
  readonly sequences: number[] = [];
  readonly losses: LogLoss[] = [];
  move: MoveRecords | undefined;
  onRaw: (bytes: Buffer) => Promise<void> | undefined = () => undefined;
  onRecords: (batch: LogBatch) => Promise<boolean> | boolean = () => true;

  /** All records: a line ends in `|`, a partial record does not. */
  get text(): string {
    return this.batches.flat().join(',');
  }

  raw(_stream: StreamName, bytes: Buffer): Promise<void> | undefined {
    this.raws += bytes.toString('latin1');
    return this.onRaw(bytes);
  }

  lose(loss: LogLoss): void {
    this.losses.push(loss);
  }

  async records(batch: LogBatch): Promise<boolean> {
    const records = Array.from({ length: batch.count }, (_, i) => batch.record(i));
    this.sequences.push(...records.map(({ sequence }) => sequence));
    this.batches.push(records.map(({ bytes, partial }) => `${bytes.toString('latin1')}${partial ? '' : '|'}`));
    return this.onRecords(batch);
  }
}

/** What a test may want otherwise. */
export interface PumpSettings {
  readonly gate?: OutputGate;
  readonly limiter?: RateLimiter;
  readonly maxRecord?: number;
}

/** A pump on a real FIFO. */
export class PumpFixture {
  readonly path = join(temporaryDirectory(), 'fifo');
  readonly poller = new EventPoller();
  readonly buffers = new PeekBuffers();
  readonly sink = new FakeSink();
  readonly errors: unknown[] = [];
  readonly fd: number;
  readonly pump: OutputPump;
  #writer: number | undefined;
  #fdOpen = true;

  constructor(partialDelayMs = 20, { gate, limiter, maxRecord = 16_384 }: PumpSettings = {}) {
    native.mkfifo(this.path, 0o600);
    this.#writer = openSync(this.path, O_RDWR | O_NONBLOCK);
    this.fd = openSync(this.path, O_RDONLY | O_NONBLOCK);
    const { fd, poller, buffers, sink } = this;
    const onError = (error: unknown): unknown => this.errors.push(error);
    const settings = { gate, limiter, maxRecord, partialDelayMs };
    this.pump = new OutputPump({ stream: 'stdout', fd, sink, poller, buffers, ...settings, onError });
    onTestFinished(() => this.#close());
  }

  write(text: string): number {
    return writeSync(this.#writer as number, text, null, 'latin1');
  }

  /** The writing end, which can read as well. */
  get container(): number {
    return this.#writer as number;
  }

  /** The last writer goes away. */
  hangUp(): void {
    if (this.#writer !== undefined) closeSync(this.#writer);
    this.#writer = undefined;
  }

  /** As ProcessIo.release does. */
  release(): void {
    this.pump.close();
    closeSync(this.fd);
    this.#fdOpen = false;
  }

  /** Bytes left in the scratch pipe. */
  get leftover(): number {
    return native.pipeBytes(this.buffers.scratch[0]);
  }

  #close(): void {
    this.pump.close();
    this.hangUp();
    if (this.#fdOpen) closeSync(this.fd);
    this.poller.close();
    this.buffers.close();
  }
}
