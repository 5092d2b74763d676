import { closeSync } from 'node:fs';
import type { Keeper } from '../keeper/keeper.js';
import type { ChildStdio } from '../plugin/child-stdio.js';
import type { OutputSettings } from '../config/container-config.js';
import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import type { Loss } from '../logging/gaps/loss.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { within } from '../logging/deadline.js';
import type { FileLanes } from '../logging/file-lanes.js';
import type { Reaper } from '../reaper/reaper.js';
import type { Arrivals } from './arrivals.js';
import type { AttachHub } from './attach-hub.js';
import type { EventPoller } from './event-poller.js';
import type { ContainerIo } from './container-io.js';
import type { HeldTerminals } from './held-terminals.js';
import { Fifos, type ChildEnds, type ShimEnds } from './fifos.js';
import { liftBlock, makeLimiter, makeReader, type PumpRequest } from './make-pump.js';
import type { OutputReader } from './output-reader.js';
import type { OutputGate } from './output-gate.js';
import type { PeekBuffers } from './peek-buffers.js';
import type { RateLimiter } from './rate-limiter.js';
import { InputWriter, type OnTaken } from './input-writer.js';

/** What the I/O of every process shares. */
export interface IoServices {
  readonly keeper: Keeper;
  readonly poller: EventPoller;
  readonly buffers: PeekBuffers;
  readonly terminals: HeldTerminals;
  /** Left out: clients can come at any time. */
  readonly arrivals?: Arrivals;
  readonly gate?: OutputGate;
  /** What forwarding to files and programs needs. Left out: there is none. */
  readonly forwarding?: { readonly reaper: Reaper; readonly lanes: FileLanes };
  readonly logger: PluginLogger;
}

/** One process's I/O. */
export interface ProcessIoOptions {
  /** Its state directory, which holds the FIFOs. */
  readonly directory: string;
  /** Names its descriptors in the keeper and its runtime command; unique and at most 240 bytes. */
  readonly key: string;
  readonly stdin: boolean;
  readonly hub: AttachHub;
  /** Takes the records; resolves as `OutputSink.records` does. */
  readonly records: (batch: LogBatch) => Promise<boolean>;
  /** Counts records that the rate limit has dropped. */
  readonly lose?: (loss: Loss) => void;
  /** Lets a driver move records out of the pipe; undefined if it can't now. Left out: none can. */
  readonly direct?: (stream: StreamName, pipe: RecordPipe) => Promise<MovedRecords | undefined>;
  /** What reads a stream that does not go to the records alone; undefined for one that does. Left out: none. */
  readonly reader?: (request: PumpRequest) => OutputReader | undefined;
  /** Left out: `DEFAULT_OUTPUT`. */
  readonly output?: OutputSettings | undefined;
}

/** stdin, stdout and stderr of a container's init or of an exec'd process, as pipes. */
export class ProcessIo implements ContainerIo {
  /** Resolves once both outputs have ended. */
  readonly drained: Promise<void>;
  #resolveDrained!: () => void;
  readonly #started: Promise<void>;
  #resolveStarted!: () => void;
  readonly #fifos: Fifos;
  #child: ChildEnds | undefined;
  #shim: ShimEnds | undefined;
  readonly #limiter: RateLimiter | undefined;
  #readers: OutputReader[] = [];
  #stdin: InputWriter | undefined;
  /** Resolves when the ends are there, or will never be: an exec session is attached to before it is started, and input waits for it. */
  readonly #opened: Promise<void>;
  #resolveOpened!: () => void;
  #isOpened = false;
  #released = false;

  constructor(
    private readonly options: ProcessIoOptions,
    private readonly services: IoServices,
  ) {
    this.#fifos = new Fifos(options.directory, options.stdin);
    this.#limiter = makeLimiter(options);
    this.drained = new Promise((resolve) => (this.#resolveDrained = resolve));
    this.#started = new Promise((resolve) => (this.#resolveStarted = resolve));
    this.#opened = new Promise((resolve) => (this.#resolveOpened = resolve));
  }

  /** Makes the FIFOs and lets the keeper hold the ends that must outlive shimd. */
  async make(): Promise<ChildStdio> {
    const { child, shim } = this.#fifos.make();
    this.#child = child;
    this.#adoptEnds(shim);
    await this.#hold(shim);
    this.#settleInput();
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, owner: this.options.key };
  }

  /** Opens the shim's ends anew after a restart. */
  async reopen(stdinClosed: boolean): Promise<void> {
    const shim = this.#fifos.openShimEnds(!stdinClosed);
    this.#adoptEnds(shim);
    await this.#hold(shim);
    this.#settleInput();
  }

  /** The new process has its ends (or there is none): an end kept here would keep end of file from coming. */
  closeChildEnds(): void {
    if (this.#child === undefined) return;
    closeSync(this.#child.stdin);
    closeSync(this.#child.stdout);
    closeSync(this.#child.stderr);
    this.#child = undefined;
  }

  made(): Promise<void> {
    return Promise.resolve();
  }

  start(): void {
    for (const reader of this.#readers) reader.start();
    this.#resolveStarted();
  }

  letPass(ms: number): void {
    liftBlock(this.#limiter, ms);
  }

  /** Waits at most `ms` for the end of the outputs, then passes on what is there and lets go of them. */
  async drain(ms: number): Promise<void> {
    // After a restart reading begins when the foreground client is back.
    await this.#started;
    liftBlock(this.#limiter);
    if (await within(ms, this.drained)) return;
    for (const reader of this.#readers) reader.finish();
    await this.drained;
  }

  unrecorded(): readonly (readonly [StreamName, Buffer])[] {
    return this.#readers.map((reader) => [reader.stream, reader.unrecorded()]);
  }

  writeStdin(bytes: Buffer, onTaken?: OnTaken): Promise<void> {
    if (this.options.stdin && !this.#isOpened) return this.#opened.then(() => this.writeStdin(bytes, onTaken));
    if (this.#stdin !== undefined) return this.#stdin.write(bytes, onTaken);
    onTaken?.(bytes.length);
    return Promise.resolve();
  }

  async closeStdin(): Promise<void> {
    if (this.options.stdin) await this.#opened;
    this.#stdin?.end();
    this.#stdin = undefined;
    await this.services.keeper.drop(`${this.options.key}/stdin`);
  }

  /** Lets go of everything, here and in the keeper. */
  async release(): Promise<void> {
    this.closeChildEnds();
    for (const reader of this.#readers) reader.close();
    this.#stdin?.close();
    this.#settleInput();
    if (this.#shim !== undefined) {
      closeSync(this.#shim.stdout);
      closeSync(this.#shim.stderr);
      this.#shim = undefined;
    }
    // Once: the key of an exec session may be another one's by then. What was not opened here may be held for an earlier shimd.
    if (this.#released) return;
    this.#released = true;
    const { keeper } = this.services;
    await Promise.all(['stdin', 'stdout', 'stderr'].map((name) => keeper.drop(`${this.options.key}/${name}`)));
  }

  /** After the keeper has got its end: it must not get it when stdin has been closed. */
  #settleInput(): void {
    this.#isOpened = true;
    this.#resolveOpened();
  }

  #adoptEnds(shim: ShimEnds): void {
    this.#shim = shim;
    if (shim.stdin !== undefined) this.#stdin = new InputWriter(shim.stdin, this.services.poller);
    this.#readers = [this.#reader('stdout', shim.stdout), this.#reader('stderr', shim.stderr)];
    void Promise.all(this.#readers.map((reader) => reader.ended)).then(() => this.#resolveDrained());
  }

  #reader(stream: StreamName, fd: number): OutputReader {
    return makeReader({ stream, fd, limiter: this.#limiter }, this.options, this.services);
  }

  async #hold(shim: ShimEnds): Promise<void> {
    const { keeper } = this.services;
    const { key } = this.options;
    const holds = [keeper.hold(`${key}/stdout`, shim.stdout), keeper.hold(`${key}/stderr`, shim.stderr)];
    if (shim.stdin !== undefined) holds.push(keeper.hold(`${key}/stdin`, shim.stdin));
    await Promise.all(holds);
  }
}
