import { closeSync } from 'node:fs';
import type { TerminalSize } from '../../api/terminal-documents.js';
import { within } from '../../logging/deadline.js';
import type { ChildStdio } from '../../plugin/child-stdio.js';
import type { StreamName } from '../../plugin/log-batch.js';
import type { ContainerIo } from '../container-io.js';
import { Fifos } from '../fifos.js';
import type { OnTaken } from '../input-writer.js';
import { makePump, type PumpRequest } from '../make-pump.js';
import type { OutputReader } from '../output-reader.js';
import type { IoServices, ProcessIoOptions } from '../process-io.js';
import type { ForwardOptions } from './forward-options.js';
import { ForwardedInput } from './forwarded-input.js';
import { ForwardTargets } from './forward-targets.js';
import { LogPipe } from './log-pipe.js';
import { OutputRelay } from './output-relay.js';

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

export interface ForwardedIoOptions extends ForwardOptions {
  readonly process: ProcessIoOptions;
  /** There are log drivers, which get a copy. */
  readonly logged: boolean;
  /** Makes what is between the process and here: pipes, or a terminal. */
  readonly inner: (options: ProcessIoOptions) => ContainerIo;
}

/** Stdio that goes to the asker's FIFOs, files and programs, from pipe to pipe. */
export class ForwardedIo implements ContainerIo {
  readonly resize?: (size: TerminalSize) => void;
  readonly #inner: ContainerIo;
  readonly #targets: ForwardTargets;
  readonly #input: ForwardedInput | undefined;
  readonly #fifos: Fifos;
  readonly #logs = new Map<StreamName, { read: number; write: number }>();
  #released = false;

  constructor(
    private readonly options: ForwardedIoOptions,
    private readonly services: IoServices,
  ) {
    const { process, forward, inner } = options;
    this.#inner = inner({
      ...process,
      stdin: process.stdin || forward.stdin !== undefined,
      reader: (request) => this.#reader(request),
    });
    if (this.#inner.resize !== undefined) this.resize = (size) => this.#inner.resize?.(size);
    this.#targets = new ForwardTargets(options, services);
    this.#input = forward.stdin === undefined ? undefined : new ForwardedInput(this.#inner, options, services);
    this.#fifos = new Fifos(process.directory, false);
  }

  get consoleSocket(): string | undefined {
    return this.#inner.consoleSocket;
  }

  get drained(): Promise<void> {
    return this.#inner.drained;
  }

  get unattachable(): string | undefined {
    const { forward, logged } = this.options;
    if (logged || (forward.stdout === undefined && forward.stderr === undefined)) return undefined;
    return 'its output is forwarded, and no log driver gets a copy of it';
  }

  async make(): Promise<ChildStdio> {
    await this.#targets.open();
    this.#input?.open();
    const logs = this.#openLogs((name) => this.#fifos.makeRelay(name));
    const held = [this.#targets.hold(), logs, this.#input?.hold() ?? Promise.resolve()];
    const inner = this.#inner.make();
    // What fails is told when nothing is on its way to the keeper any more.
    await Promise.allSettled([...held, inner]);
    await Promise.all(held);
    return inner;
  }

  closeChildEnds(): void {
    this.#inner.closeChildEnds();
  }

  made(ms?: number): Promise<void> {
    return this.#inner.made(ms);
  }

  async reopen(stdinClosed: boolean): Promise<void> {
    await this.#targets.reopen();
    await this.#openLogs((name) => this.#fifos.openRelay(name));
    const more = (await this.#input?.reopen(stdinClosed)) ?? false;
    await this.#inner.reopen(stdinClosed && !more);
    // A shimd that was killed may have come to record it, and no further.
    if (this.#input !== undefined && stdinClosed && !more && !this.options.terminal) await this.#inner.closeStdin();
  }

  start(): void {
    this.#inner.start();
    this.#input?.start();
  }

  /** Programs that output goes to have the same time. */
  async drain(ms: number): Promise<void> {
    const since = performance.now();
    await this.#inner.drain(ms);
    await within(Math.max(0, ms - (performance.now() - since)), this.#targets.loggersEnded);
  }

  letPass(ms: number): void {
    this.#inner.letPass(ms);
  }

  unrecorded(): readonly (readonly [StreamName, Buffer])[] {
    return this.#inner.unrecorded();
  }

  writeStdin(bytes: Buffer, onTaken?: OnTaken): Promise<void> {
    return this.#inner.writeStdin(bytes, onTaken);
  }

  async closeStdin(): Promise<void> {
    if (this.#input === undefined) return this.#inner.closeStdin();
    this.#input.end();
  }

  async release(): Promise<void> {
    this.#input?.release();
    const inner = this.#inner.release();
    // Those that no reader has taken.
    for (const { read, write } of this.#logs.values()) for (const fd of [read, write]) closeSync(fd);
    this.#logs.clear();
    const first = !this.#released;
    this.#released = true;
    this.#targets.release(first);
    if (!first) return inner;
    this.#input?.drop();
    const { keeper } = this.services;
    const logged = this.options.logged ? STREAMS : [];
    await Promise.all([inner, ...logged.map((stream) => keeper.drop(this.#logName(stream)))]);
  }

  #reader(request: PumpRequest): OutputReader | undefined {
    const { stream, fd } = request;
    const target = this.#targets.get(stream);
    if (target === undefined) return undefined;
    const { poller, buffers, gate, logger } = this.services;
    return new OutputRelay({
      ...{ stream, fd, target, poller, buffers, gate },
      log: this.#logPipe(request),
      onDropped: this.options.onDropped,
      onError: (error) => logger.error({ err: error, stream }, 'forwarding output failed'),
    });
  }

  /** The reader that it is for owns it from now on. */
  #logPipe({ stream, limiter }: PumpRequest): LogPipe | undefined {
    const ends = this.#logs.get(stream);
    if (ends === undefined) return undefined;
    this.#logs.delete(stream);
    const reader = makePump({ stream, fd: ends.read, limiter }, this.options.process, this.services);
    return new LogPipe({ ...ends, reader });
  }

  async #openLogs(open: (name: string) => { read: number; write: number }): Promise<void> {
    if (!this.options.logged) return;
    const holds = STREAMS.filter((stream) => this.#targets.get(stream) !== undefined).map((stream) => {
      const ends = open(`${stream}.log`);
      this.#logs.set(stream, ends);
      return this.services.keeper.hold(this.#logName(stream), ends.read);
    });
    await Promise.all(holds);
  }

  #logName(stream: StreamName): string {
    return `${this.options.key}/${stream}.log`;
  }
}
