import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { NO_READER_MS } from '../../api/forward-documents.js';
import type { StreamName } from '../../plugin/log-batch.js';
import type { IoServices } from '../process-io.js';
import { FileTarget } from './file-target.js';
import { held, heldName, letDrop, type ForwardOptions } from './forward-options.js';
import { parseTarget, type ForwardTarget } from './forward-target.js';
import { forwardingOf, Loggers } from './loggers.js';
import { openWriteEnd } from './open-fifo.js';
import type { OutputTarget } from './output-target.js';
import { PipeTarget } from './pipe-target.js';

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** Where the outputs of one process go, besides the log drivers. The keeper holds the write ends. */
export class ForwardTargets {
  readonly #targets = new Map<StreamName, OutputTarget>();
  /** Not held yet. */
  readonly #ends = new Map<StreamName, number>();
  readonly #loggers: Loggers;
  #opened = false;

  constructor(
    private readonly options: ForwardOptions,
    private readonly services: IoServices,
  ) {
    this.#loggers = new Loggers(options, services);
  }

  /** Undefined: the stream goes nowhere. */
  get(stream: StreamName): OutputTarget | undefined {
    return this.#targets.get(stream);
  }

  /** Resolves when no program of them runs any more. */
  get loggersEnded(): Promise<unknown> {
    return this.#loggers.ended;
  }

  /** Opens what there is, and starts programs. Throws SHIM_INVALID_ARGUMENT, SHIM_LOG_OPEN. */
  async open(): Promise<void> {
    this.#opened = true;
    const programs = new Map<StreamName, ForwardTarget & { kind: 'program' }>();
    for (const [stream, target] of this.#wanted()) {
      if (target.kind === 'program') programs.set(stream, target);
      else if (target.kind === 'file') this.#targets.set(stream, await this.#openFile(target.path, stream));
      else this.#ends.set(stream, this.#keep(stream, openWriteEnd(target.path, stream), NO_READER_MS));
    }
    await this.#loggers.start(programs, (stream, fd) => this.#hold(stream, fd, 0));
  }

  /** What was opened of FIFOs is the keeper's too from now on. */
  async hold(): Promise<void> {
    const ends = [...this.#ends];
    this.#ends.clear();
    await Promise.all(ends.map(([stream, fd]) => this.#holdEnd(stream, fd)));
  }

  /** After a restart: what the keeper holds is taken from it. What has gone is so for its output too. */
  async reopen(): Promise<void> {
    this.#opened = true;
    this.#takeUpLoggers();
    for (const [stream, target] of this.#wanted()) {
      if (target.kind === 'file')
        this.#targets.set(stream, await this.#openFile(target.path, stream).catch(() => this.#gone()));
      else await this.#takeUp(stream, target);
    }
  }

  #takeUpLoggers(): void {
    const programs = [...this.#wanted()].filter(([, { kind }]) => kind === 'program');
    this.#loggers.takeUp(programs.map(([stream]) => stream));
  }

  /** Lets go of everything here, and with `drop` in the keeper; programs are ended. */
  release(drop: boolean): void {
    // A shimd that gives up what an earlier one was at has opened nothing of it.
    if (drop && !this.#opened) this.#takeUpLoggers();
    for (const target of this.#targets.values()) target.close();
    this.#loggers.terminate();
    if (drop) for (const stream of STREAMS) letDrop(this.services, heldName(this.options.key, stream));
  }

  *#wanted(): Iterable<[StreamName, ForwardTarget]> {
    const { forward, terminal } = this.options;
    for (const stream of STREAMS) {
      const text = forward[stream];
      if (text !== undefined && !(terminal && stream === 'stderr')) yield [stream, parseTarget(text, stream)];
    }
  }

  async #takeUp(stream: StreamName, target: ForwardTarget): Promise<void> {
    const name = heldName(this.options.key, stream);
    const fd = await held(this.services, name);
    if (fd !== undefined) return void this.#keep(stream, fd, target.kind === 'fifo' ? NO_READER_MS : 0);
    try {
      // The keeper is another one: what it does not hold may be there still.
      if (target.kind === 'fifo') return await this.#hold(stream, openWriteEnd(target.path, stream), NO_READER_MS);
    } catch {
      // Its owner has removed it.
    }
    this.#targets.set(stream, this.#gone());
  }

  async #hold(stream: StreamName, fd: number, patienceMs: number): Promise<void> {
    await this.#holdEnd(stream, this.#keep(stream, fd, patienceMs));
  }

  #holdEnd(stream: StreamName, fd: number): Promise<void> {
    return this.services.keeper.hold(heldName(this.options.key, stream), fd);
  }

  /** The descriptor itself, which is owned from now on. */
  #keep(stream: StreamName, fd: number, patienceMs: number): number {
    const onClose = (): void => letDrop(this.services, heldName(this.options.key, stream));
    this.#targets.set(stream, new PipeTarget({ fd, patienceMs, poller: this.services.poller, onClose }));
    return fd;
  }

  async #openFile(path: string, stream: StreamName): Promise<OutputTarget> {
    const { buffers, logger } = this.services;
    const { lanes } = forwardingOf(this.services);
    const onLost = (bytes: number, error: unknown): void => {
      logger.error({ err: error, path }, 'forwarded output cannot be written');
      this.options.onDropped({ stream, records: 1, bytes, reason: 'write failed' });
    };
    return FileTarget.open({ path, lane: lanes.forPath(path), buffers, onLost });
  }

  /** Nobody reads it, and nobody will. */
  #gone(): OutputTarget {
    const [read, fd] = native.pipe(true);
    closeSync(read);
    return new PipeTarget({ fd, patienceMs: 0, poller: this.services.poller, onClose: () => undefined });
  }
}
