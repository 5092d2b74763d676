import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { ShimError } from '../../plugin/shim-error.js';
import type { StreamName } from '../../plugin/log-batch.js';
import type { IoServices } from '../process-io.js';
import type { ForwardOptions } from './forward-options.js';
import type { ForwardTarget } from './forward-target.js';
import { LoggerProcess } from './logger-process.js';

type Program = ForwardTarget & { readonly kind: 'program' };
/** Takes the write end of the pipe to a program. */
type Hold = (stream: StreamName, fd: number) => Promise<void>;

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** The programs that a process's outputs go to: one for each target, so that both streams may share it. */
export class Loggers {
  readonly #processes: LoggerProcess[] = [];

  constructor(
    private readonly options: ForwardOptions,
    private readonly services: IoServices,
  ) {}

  get ended(): Promise<unknown> {
    return Promise.all(this.#processes.map((process) => process.ended));
  }

  /** Resolves when all are ready. Throws SHIM_LOG_OPEN. */
  async start(programs: ReadonlyMap<StreamName, Program>, hold: Hold): Promise<void> {
    const uris = new Set([...programs.values()].map(({ uri }) => uri));
    for (const uri of uris) {
      const streams = STREAMS.filter((stream) => programs.get(stream)?.uri === uri);
      const [first] = streams as [StreamName];
      await this.#startOne(first, programs.get(first) as Program, { streams, hold });
    }
  }

  /** Those of an earlier shimd. */
  takeUp(streams: readonly StreamName[]): void {
    for (const stream of streams) this.#process(stream).takeUp();
  }

  terminate(): void {
    for (const process of this.#processes) process.terminate();
  }

  async #startOne(
    name: StreamName,
    { argv, saysReady }: Program,
    { streams, hold }: { readonly streams: readonly StreamName[]; readonly hold: Hold },
  ): Promise<void> {
    const reads: Partial<Record<StreamName, number>> = {};
    try {
      for (const stream of streams) {
        // The program's end blocks, as it expects.
        const [read, write] = native.pipe(false);
        reads[stream] = read;
        native.setNonBlocking(write);
        await hold(stream, write);
      }
      const env = this.options.forward.loggerEnvironment ?? {};
      await this.#process(name).start({ argv, env, saysReady, stdout: reads.stdout, stderr: reads.stderr });
    } finally {
      for (const fd of Object.values(reads)) closeSync(fd);
    }
  }

  #process(name: StreamName): LoggerProcess {
    const { keeper, poller } = this.services;
    const { reaper } = forwardingOf(this.services);
    const process = new LoggerProcess({ tag: `${this.options.key}/logger-${name}`, keeper, reaper, poller });
    this.#processes.push(process);
    return process;
  }
}

/** Throws SHIM_INTERNAL if a composition has left it out. */
export function forwardingOf({ forwarding }: IoServices): NonNullable<IoServices['forwarding']> {
  if (forwarding !== undefined) return forwarding;
  throw new ShimError('SHIM_INTERNAL', 'this shim was composed without what forwards to files and programs');
}
