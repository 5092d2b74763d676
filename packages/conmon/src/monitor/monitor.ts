import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRef, FrontEndHost, ProcessHandle } from '@holdfast/core';
import { writeExitFiles, writeOomFiles } from '../exit/exit-files.js';
import { runExitCommand } from '../exit/exit-command.js';
import { Deadline } from './deadline.js';
import { writeRecord, type Ending, type MonitorRecord } from './record.js';
import type { Surroundings } from './surroundings.js';

/** What `-T` leaves of an exit code, and what is said then. */
const TIMED_OUT = -1;
const TIMED_OUT_MESSAGE = 'command timed out';

/** Clients that do not take what they were sent keep nobody waiting for longer. They still get it. */
const CLIENTS_MS = 1000;

/** A launcher that is stopped keeps nobody from being told by files for longer. */
const CALLER_MS = 2_000;

export interface MonitorParts {
  readonly host: FrontEndHost;
  readonly ref: ContainerRef;
  readonly handle: ProcessHandle;
  readonly record: MonitorRecord;
  readonly surroundings: Surroundings;
}

/** One container or exec session that is there: waits for its end, and does what comes then. */
export class Monitor {
  /** Resolves when it is told by files and the exit command has run. */
  readonly ended: Promise<Ending>;
  /** Resolves when there is nothing left of it but its records. */
  readonly told: Promise<Ending>;
  #record: MonitorRecord;
  /** Descriptors of the caller are closed before it is told by files. */
  #callerGone: Promise<void> = Promise.resolve();
  /** Under way, or done. */
  #oomFiles: Promise<void> = Promise.resolve();
  readonly #unwatchOom: () => void;
  #left = false;
  readonly #deadline: Deadline;

  constructor(private readonly parts: MonitorParts) {
    this.#record = parts.record;
    const { deadline, ended } = parts.record;
    parts.surroundings.begin();
    this.#deadline = new Deadline(ended === undefined ? deadline : undefined, () => this.#timeUp());
    this.#unwatchOom = ended === undefined ? parts.handle.onOomKill(() => this.#outOfMemory()) : () => undefined;
    this.told = ended === undefined ? this.#tell() : Promise.resolve(ended);
    this.ended = ended === undefined ? this.told.then((ending) => this.#finish(ending)) : this.told;
    this.ended.catch(() => undefined);
  }

  get ref(): ContainerRef {
    return this.parts.ref;
  }

  /** Nothing is told by files before this settles. */
  callerGone(gone: Promise<void>): void {
    this.#callerGone = gone;
  }

  /** Sends a signal to the process. */
  kill(signal: number): void {
    const pid = this.#pid;
    if (pid > 1) killQuietly(pid, signal);
  }

  /** Another shimd takes over. */
  leave(): void {
    this.#left = true;
    this.parts.surroundings.leave();
    this.#deadline.cancel();
    this.#unwatchOom();
  }

  /** 0 once it has ended. */
  get #pid(): number {
    const { host, ref } = this.parts;
    const { pid, exit } = host.process(ref);
    return exit === undefined ? pid : 0;
  }

  async #tell(): Promise<Ending> {
    const { handle, surroundings, host, ref } = this.parts;
    const { options } = this.#record;
    const { exitCode } = await handle.drained;
    // The next shimd tells of it.
    if (this.#left) await new Promise(() => undefined);
    this.#deadline.cancel();
    const ending =
      this.#record.timedOut === true
        ? { code: TIMED_OUT, message: TIMED_OUT_MESSAGE }
        : { code: exitCode ?? TIMED_OUT };
    // The last look at what was killed is over by now.
    this.#unwatchOom();
    await this.#oomFiles;
    await Promise.race([this.#callerGone, delay(CALLER_MS, undefined, { ref: false })]);
    await surroundings.withdraw();
    await writeExitFiles(options, ending.code).catch((error: unknown) =>
      host.logger.error({ err: error, id: ref.id }, 'an exit file could not be written'),
    );
    await Promise.race([surroundings.close(), delay(CLIENTS_MS, undefined, { ref: false })]);
    return ending;
  }

  async #finish(ending: Ending): Promise<Ending> {
    const { host, ref } = this.parts;
    await runExitCommand(host, this.#record, ref);
    this.#record = { ...this.#record, ended: ending };
    // Without it the next shimd runs the command again.
    await writeRecord(host.layout, ref, this.#record).catch(() => undefined);
    return ending;
  }

  /** Told while it happens: who looks need not wait for the end. */
  #outOfMemory(): void {
    const { host, ref } = this.parts;
    this.#oomFiles = this.#oomFiles
      .then(() => writeOomFiles(this.#record.options))
      .catch((error: unknown) => host.logger.error({ err: error, id: ref.id }, 'an oom file could not be written'));
  }

  #timeUp(): void {
    const { host, ref } = this.parts;
    const pid = this.#pid;
    if (pid <= 1) return;
    this.#record = { ...this.#record, timedOut: true };
    void writeRecord(host.layout, ref, this.#record).catch(() => undefined);
    killGroup(pid);
  }
}

/** The whole process group, unless the process is in another's. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    killQuietly(pid, 'SIGKILL');
  }
}

function killQuietly(pid: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
