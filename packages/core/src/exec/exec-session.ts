import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventDocument, ExecDocument, ExitDocument, Handed } from '../api/documents.js';
import { exitAttributes } from '../events/backfill.js';
import { faultPoint } from '../faults/fault-point.js';
import { removeTree } from '../files/remove-tree.js';
import { deferred } from '../lifecycle/deferred.js';
import { ExitWriter } from '../lifecycle/exit-writer.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { exitDocument, exitDocumentOf } from '../reaper/exit-status.js';
import { signalProcess } from '../reaper/foreign-processes.js';
import type { ProcessIdentity } from '../reaper/process-identity.js';
import type { SeenExit, TrackedProcess } from '../reaper/reaper.js';
import { makePrivateDirectory } from '../state/private-directory.js';
import { STATE_SCHEMA } from '../state/container-record.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import { passDescriptors } from '../stdio/pass-descriptors.js';
import type { ContainerIo } from '../stdio/container-io.js';
import { writeExecPidFile } from './exec-pid-file.js';
import type { ExecRecords } from './exec-records.js';
import type { ExecSessionParts } from './exec-session-parts.js';
import { killTree } from './kill-tree.js';
import { passOnToClient } from './pass-on-output.js';

const SIGKILL = 9;

/** One process started in a running container, with stdio, exit code and time limit of its own. */
export class ExecSession {
  readonly #exited = deferred<ExitDocument>();
  readonly #drained = deferred<ExitDocument>();
  readonly #gone = deferred<void>();
  readonly #exits = new ExitWriter({
    write: (exit) => this.records.recordExit(exit),
    onFailure: (error) =>
      this.parts.logger.error({ err: error, ...this.parts.ref }, 'an exec exit cannot be recorded yet'),
    abandoned: () => this.#removed,
  });
  /** An earlier shimd had made it. */
  recovered = false;
  #timer: NodeJS.Timeout | undefined;
  #planned: NodeJS.Timeout | undefined;
  #timedOut = false;
  #removed = false;
  #creating: Promise<void> | undefined;
  #starting: Promise<void> | undefined;

  constructor(private readonly parts: ExecSessionParts) {}

  get hub(): AttachHub {
    return this.parts.hub;
  }

  get io(): ContainerIo {
    return this.parts.io;
  }

  get records(): ExecRecords {
    return this.parts.records;
  }

  /** Resolves as soon as the exit is recorded. */
  get exited(): Promise<ExitDocument> {
    return this.#exited.promise;
  }

  get drained(): Promise<ExitDocument> {
    return this.#drained.promise;
  }

  /** As `drained`; rejects with SHIM_EXEC_NOT_FOUND if it is removed before. */
  get outcome(): Promise<ExitDocument> {
    const { execId } = this.parts.ref;
    const removed = this.#gone.promise.then((): never => {
      throw new ShimError('SHIM_EXEC_NOT_FOUND', `exec ${execId} was removed before it had run`, { where: execId });
    });
    return Promise.race([this.drained, removed]);
  }

  get ended(): boolean {
    return this.records.exit !== undefined;
  }

  /** It was started, or is about to be. */
  get begun(): boolean {
    return this.#starting !== undefined || this.records.runtime.phase !== 'created';
  }

  get pidFile(): string {
    return this.records.store.path('pid');
  }

  /** Its process, as recorded. */
  get identity(): ProcessIdentity {
    const { pid, startTime } = this.records.runtime;
    return { pid, startTime: BigInt(startTime), bootId: this.parts.bootId };
  }

  document(): ExecDocument {
    const { phase, pid } = this.records.runtime;
    const { exit } = this.records;
    const status = exit !== undefined ? 'stopped' : phase === 'created' ? 'created' : 'running';
    return {
      ...this.parts.ref,
      status,
      pid: exit === undefined ? pid : 0,
      exit: exit === undefined ? null : exitDocumentOf(exit),
    };
  }

  /** Resolves when nobody is at making or starting it. */
  get settled(): Promise<unknown> {
    return Promise.allSettled([this.#creating, this.#starting]);
  }

  /** Writes the records and the process file; `start` comes later. */
  create(process: Readonly<Record<string, unknown>>): Promise<void> {
    this.#creating = this.#create(process);
    return this.#creating;
  }

  async #create(process: Readonly<Record<string, unknown>>): Promise<void> {
    const { store, request } = this.records;
    // Left by a shimd that was killed, or planted: not written through. Without the last two it is new.
    const left = existsSync(store.directory) ? ['process.json', 'runtime.json', 'exit.json'] : [];
    for (const path of [dirname(store.directory), store.directory]) makePrivateDirectory(path);
    for (const name of left) rmSync(store.path(name), { force: true });
    writeFileSync(store.path('process.json'), JSON.stringify(process), { mode: 0o600, flag: 'wx' });
    await store.write('request.json', request);
    faultPoint('exec-intent');
  }

  /** A second call gets the first one's outcome. */
  start(handed: Handed = {}): Promise<void> {
    this.#starting ??= this.#start(handed);
    return this.#starting;
  }

  async #start({ descriptors }: Handed): Promise<void> {
    if (this.records.runtime.phase !== 'created') return;
    const { runtime, reaper, ref, io } = this.parts;
    const { timeoutMs } = this.records.request;
    const deadline = timeoutMs === null ? null : Date.now() + timeoutMs;
    try {
      const child = await io.make();
      await this.records.update({ phase: 'starting', deadline });
      // Its end was asked for before there was anything to close, of an earlier shimd perhaps.
      if (this.#forwardedInputClosed) await io.closeStdin();
      const request = {
        execId: ref.execId,
        processFile: this.records.store.path('process.json'),
        pidFile: this.pidFile,
        ...(io.consoleSocket !== undefined && { consoleSocket: io.consoleSocket }),
      };
      const stdio = passDescriptors(child, descriptors, runtime);
      const begun = performance.now();
      const process = await reaper.track(() => runtime.exec(ref.id, request, stdio));
      this.#count((performance.now() - begun) / 1000);
      faultPoint('exec-started');
      io.closeChildEnds();
      await io.made();
      await this.started(process);
    } catch (error) {
      await this.fail(asShimError(error));
      throw error;
    }
  }

  get #forwardedInputClosed(): boolean {
    return this.records.request.forward !== undefined && this.records.runtime.stdinClosed;
  }

  #count(seconds: number): void {
    this.parts.counters.execs += 1;
    this.parts.counters.execSeconds += seconds;
  }

  /** The runtime has started the process. */
  async started(process: TrackedProcess): Promise<void> {
    await this.records.update({ phase: 'running', pid: process.pid, startTime: String(process.startTime) });
    faultPoint('exec-pid-recorded');
    await writeExecPidFile(this.records, this.parts.logger);
    this.tell('exec-start', { pid: process.pid });
    this.watch(process);
    if (this.recovered) passOnToClient(this);
    else this.io.start();
  }

  watch(process: TrackedProcess): void {
    this.#armTimer();
    void process.exited
      .then((exit) => this.#onExit(exit))
      .catch((error: unknown) => {
        this.parts.logger.error({ err: error, ...this.parts.ref }, 'recording an exec exit failed');
      });
  }

  /** It did not start: clients are told, and nothing is left. */
  async fail(error: ShimError): Promise<void> {
    this.hub.fail(error);
    await this.remove();
  }

  /** Emits an event of this session. */
  tell(type: 'exec-create' | 'exec-start' | 'exec-exit', more: EventDocument['attributes'] = {}, time?: string): void {
    const attributes = { execId: this.parts.ref.execId, ...more };
    this.parts.events.emit(type, { attributes, ...(time === undefined ? {} : { time }) });
  }

  /** Throws SHIM_ILLEGAL_STATE. */
  checkRunning(): void {
    if (this.ended) throw new ShimError('SHIM_ILLEGAL_STATE', `exec ${this.parts.ref.execId} has ended`);
    if (this.records.runtime.pid === 0)
      throw new ShimError('SHIM_ILLEGAL_STATE', `exec ${this.parts.ref.execId} does not run`);
  }

  /** Throws SHIM_ILLEGAL_STATE. */
  kill(signal: number): void {
    this.checkRunning();
    signalProcess(this.identity, signal);
  }

  /** As of a container. */
  async closeStdin(): Promise<void> {
    // A terminal has no end: whoever says it again, after a restart say, must not type ctrl-D again.
    if (this.records.runtime.stdinClosed && this.io.resize !== undefined) return;
    await this.records.update({ stdinClosed: true }).catch(() => undefined);
    await this.io.closeStdin();
  }

  /** Carries on after a restart with an exit that was recorded. */
  async resumeStopped(): Promise<void> {
    const { exit } = this.records;
    if (exit === undefined) return;
    this.#exited.resolve(exitDocumentOf(exit));
    if (exit.drained) return this.#finish(exit);
    await this.#drain(exit);
  }

  /** Has `task` called after `ms`, in place of what was planned before; never once it is removed, which thousands are within that time. */
  plan(ms: number, task: () => void): void {
    clearTimeout(this.#planned);
    if (!this.#removed) this.#planned = setTimeout(task, ms).unref();
  }

  /** Lets go of everything and removes the records. */
  async remove(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#planned);
    this.#removed = true;
    await this.io.release();
    await this.records.store.retire();
    await removeTree(this.records.store.directory);
    this.#gone.resolve();
  }

  #armTimer(): void {
    const { deadline } = this.records.runtime;
    if (deadline === null) return;
    const left = Math.min(Math.max(0, deadline - Date.now()), 0x7fffffff);
    this.#timer = setTimeout(() => {
      if (deadline > Date.now() + 1) return this.#armTimer();
      this.#timedOut = true;
      killTree(this.identity);
    }, left);
  }

  async #onExit(seen: SeenExit): Promise<void> {
    clearTimeout(this.#timer);
    const exit = {
      ...exitDocument(seen.status, seen.time, this.#timedOut || this.#endedLate(seen)),
      schema: STATE_SCHEMA,
      drained: false,
    };
    await this.#exits.record(exit, () => seen.acknowledge());
    this.tell('exec-exit', exitAttributes(exit, this.records.runtime.pid), exit.exitedAt);
    this.#exited.resolve(exitDocumentOf(exit));
    await this.#drain(exit);
  }

  /** A shimd that was killed may have killed it for its time before. */
  #endedLate({ status, time }: SeenExit): boolean {
    const { deadline } = this.records.runtime;
    const killed = status.kind === 'signaled' && status.signal === SIGKILL;
    return killed && deadline !== null && Number(time / 1_000_000n) >= deadline;
  }

  async #drain(exit: ExitDocument): Promise<void> {
    await this.io.drain(this.parts.drainTimeoutMs);
    await this.#exits.record({ ...exit, schema: STATE_SCHEMA, drained: true }, () => undefined);
    await this.io.release();
    this.#finish(exit);
  }

  #finish(exit: ExitDocument): void {
    const document = exitDocumentOf(exit);
    this.hub.exit(document);
    this.#drained.resolve(document);
  }
}
