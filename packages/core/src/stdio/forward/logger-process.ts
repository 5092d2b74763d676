import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { native } from '@holdfast/native';
import { SpawnError, type Keeper, type KeeperProcess } from '../../keeper/keeper.js';
import { within } from '../../logging/deadline.js';
import { ShimError } from '../../plugin/shim-error.js';
import { readProcess, type ProcessIdentity } from '../../reaper/process-identity.js';
import type { Reaper } from '../../reaper/reaper.js';
import type { EventPoller } from '../event-poller.js';
import { readable } from '../readable.js';

const READY_MS = 10_000;
/** From SIGTERM to SIGKILL. */
const TERM_MS = 2_000;
/** In field 9 of /proc/PID/stat: its descriptors are being closed because it ends. */
const PF_EXITING = 4n;

export interface LoggerOptions {
  /** Names it in the keeper. */
  readonly tag: string;
  readonly keeper: Keeper;
  readonly reaper: Reaper;
  readonly poller: EventPoller;
}

/** What is started. */
export interface LoggerProgram {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly saysReady: boolean;
  /** Read ends, which it inherits; undefined: it gets nothing of that stream. */
  readonly stdout: number | undefined;
  readonly stderr: number | undefined;
}

/** A program that output is forwarded to. The keeper's child: it outlives shimd, and ends with its input. */
export class LoggerProcess {
  /** Resolves when it has ended, or never was. */
  #ended: Promise<unknown> = Promise.resolve();
  #identity: ProcessIdentity | undefined;

  constructor(private readonly options: LoggerOptions) {}

  get ended(): Promise<unknown> {
    return this.#ended;
  }

  /** Resolves when it is ready. Throws SHIM_LOG_OPEN. */
  async start(program: LoggerProgram): Promise<void> {
    const [ready, told] = native.pipe(false);
    const nothing = openSync('/dev/null', constants.O_RDWR);
    try {
      const { stdout = nothing, stderr = nothing } = program;
      await this.#spawn(program, [nothing, nothing, nothing, stdout, stderr, told]).finally(() => closeSync(told));
      native.setNonBlocking(ready);
      await this.#awaitReady(ready, program);
    } finally {
      closeSync(nothing);
      closeSync(ready);
    }
  }

  /** Takes up the one that an earlier shimd had started. */
  takeUp(): void {
    const { reaper, tag } = this.options;
    const pid = reaper.commandPid(tag);
    const ended = reaper.command(tag);
    if (pid !== undefined) this.#identity = reaper.identify(pid);
    this.#ended = ended === undefined ? Promise.resolve() : ended.then((exit) => exit.acknowledge());
  }

  /** It has no more input, and has had its time. Waits for nothing. */
  terminate(): void {
    void this.#terminate();
  }

  async #terminate(): Promise<void> {
    const identity = this.#identity;
    if (identity === undefined || (await within(0, this.#ended))) return;
    signalGroup(identity, 'SIGTERM');
    if (!(await within(TERM_MS, this.#ended))) signalGroup(identity, 'SIGKILL');
  }

  async #spawn({ argv, env }: LoggerProgram, stdio: readonly number[]): Promise<void> {
    const { keeper, reaper, tag } = this.options;
    try {
      const spawn = (): Promise<KeeperProcess> => keeper.spawn({ tag, argv, env, cwd: '/', stdio });
      const process = await reaper.track(spawn);
      this.#identity = process;
      this.#ended = process.exited.then((exit) => exit.acknowledge());
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      throw refused(argv, `cannot be started: ${error.message}`, error);
    }
  }

  async #awaitReady(ready: number, { argv, saysReady }: LoggerProgram): Promise<void> {
    if (!(await readable(this.options.poller, ready, READY_MS))) {
      throw refused(argv, `is not ready after ${READY_MS / 1000} s`);
    }
    const said = readSync(ready, Buffer.alloc(1)) > 0;
    if (!said && (saysReady || this.#isEnding()))
      throw refused(argv, 'has ended, or said that it failed, before it was ready');
  }

  /** The end of a process closes its descriptors too. */
  #isEnding(): boolean {
    try {
      const stat = readFileSync(`/proc/${this.#identity?.pid}/stat`, 'utf8');
      const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' || (BigInt(flags ?? '0') & PF_EXITING) !== 0n;
    } catch {
      return true;
    }
  }
}

/** What it has started goes with it: the keeper has made it the leader of a group. */
function signalGroup({ pid, startTime }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (readProcess(pid)?.startTime === startTime) process.kill(-pid, signal);
  } catch {
    // It has gone.
  }
}

function refused(argv: readonly string[], words: string, cause?: unknown): ShimError {
  const program = argv[0] ?? '';
  return new ShimError('SHIM_LOG_OPEN', `the logger ${program} ${words}`, {
    where: program,
    remedy: 'Run it by hand: it reads descriptors 3 and 4, and closes 5 when it is ready.',
    ...(cause === undefined ? {} : { cause }),
  });
}
