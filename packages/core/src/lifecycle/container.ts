import { join } from 'node:path';
import { inject, injectable } from 'tsyringe';
import type { ContainerStatus, CreateExecRequest, ExitDocument } from '../api/documents.js';
import type { KillRequest } from '../api/shim-service.js';
import {
  ATTACH_HUB,
  CLOCK,
  EXEC_MANAGER,
  LOG_FANOUT,
  LOGGER,
  LOSS_LEDGER,
  PROCESS_IO,
  REAPER,
  RECORDS,
  RUNTIME,
} from '../di/tokens.js';
import type { ExecManager } from '../exec/exec-manager.js';
import type { ExecSession } from '../exec/exec-session.js';
import { faultPoint } from '../faults/fault-point.js';
import { within } from '../logging/deadline.js';
import type { LogFanout } from '../logging/log-fanout.js';
import type { LossLedger } from '../logging/loss-ledger.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { Runtime } from '../plugin/runtime.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { exitDocument, exitDocumentOf } from '../reaper/exit-status.js';
import type { Reaper, SeenExit, TrackedProcess } from '../reaper/reaper.js';
import { STATE_SCHEMA, type ExitRecord } from '../state/container-record.js';
import type { ContainerRecords } from '../state/container-records.js';
import { untilWritten } from '../state/until-written.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import type { ProcessIo } from '../stdio/process-io.js';
import { deferred } from './deferred.js';
import { Mutex } from './mutex.js';
import { RequestLog } from './request-log.js';
import type { Clock } from './shim-info.js';
import { checkLegal, statusOf, type Operation } from './state-machine.js';

const SIGKILL = 9;
/** How long `delete --force` waits for the end of a process that got SIGKILL. */
const KILL_TIMEOUT_MS = 10_000;

/** One container: its state machine, and the order in which things happen to it. */
@injectable()
export class Container {
  readonly #mutex = new Mutex();
  readonly #requests = new RequestLog();
  readonly #exited = deferred<ExitDocument>();
  readonly #drained = deferred<ExitDocument>();
  #exitToRecord: ExitRecord | undefined;
  /** Deleted: its id may be another container's by now. */
  #gone = false;

  constructor(
    @inject(RECORDS) readonly records: ContainerRecords,
    @inject(RUNTIME) readonly runtime: Runtime,
    @inject(PROCESS_IO) readonly io: ProcessIo,
    @inject(LOG_FANOUT) readonly logs: LogFanout,
    @inject(LOSS_LEDGER) readonly losses: LossLedger,
    @inject(ATTACH_HUB) readonly hub: AttachHub,
    @inject(EXEC_MANAGER) readonly execs: ExecManager,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: PluginLogger,
  ) {}

  get id(): string {
    return this.records.request.id;
  }

  get status(): ContainerStatus {
    return statusOf(this.records.runtime, this.records.exit);
  }

  get pidFile(): string {
    return join(this.records.store.directory, 'pid');
  }

  /** Resolves as soon as the exit is recorded. */
  get exited(): Promise<ExitDocument> {
    return this.#exited.promise;
  }

  /** Resolves once the output is drained and the log drivers are flushed as well. */
  get drained(): Promise<ExitDocument> {
    return this.#drained.promise;
  }

  /** Makes the container; its records are written. On failure nothing of it runs, and the caller removes what is left. */
  create(): Promise<void> {
    return this.#mutex.run(async () => {
      const { request } = this.records;
      await this.logs.open();
      const io = await this.io.make();
      const process = await this.reaper.track(() =>
        this.runtime.create({ id: request.id, bundle: request.runtimeBundle, pidFile: this.pidFile }, io),
      );
      faultPoint('create');
      this.io.closeChildEnds();
      await this.created(process);
    });
  }

  /** The runtime has made the container with this init: from here on it is watched and read. */
  async created(process: TrackedProcess): Promise<void> {
    await this.records.update({ phase: 'created', pid: process.pid, startTime: String(process.startTime) });
    faultPoint('pid-recorded');
    this.watch(process);
    this.io.start();
  }

  /** Waits in the background for init's end. */
  watch(process: TrackedProcess): void {
    void process.exited
      .then((exit) => this.#onExit(exit))
      .catch((error: unknown) => {
        this.logger.error({ err: error, id: this.id }, 'recording an exit failed');
      });
  }

  start(requestId: string): Promise<void> {
    return this.#requests.once(requestId, () =>
      this.#mutex.run(async () => {
        // The first call may have been cut off by a restart of shimd after it was recorded.
        if (this.records.runtime.startedAt !== null && this.records.runtime.requests.includes(requestId)) return;
        this.#check('start');
        await this.#begin(requestId, { phase: 'starting' });
        // Taken before the deed: a short program has exited by the time the runtime returns.
        const startedAt = this.clock.now().toISOString();
        try {
          await this.runtime.start(this.id);
        } catch (error) {
          await this.records.update({ phase: 'created' });
          throw error;
        }
        faultPoint('start');
        await this.records.update({ phase: 'running', startedAt });
      }),
    );
  }

  kill(request: KillRequest): Promise<void> {
    return this.#requests.once(request.requestId, () =>
      this.#mutex.run(async () => {
        this.#check('kill');
        if (this.records.runtime.requests.includes(request.requestId)) {
          throw new ShimError(
            'SHIM_OUTCOME_UNKNOWN',
            `signal ${request.signal} may or may not have been sent to ${this.id}`,
          );
        }
        await this.#begin(request.requestId, {});
        await this.runtime.kill(this.id, request.signal, { all: request.all });
      }),
    );
  }

  /** Does not hold up other commands while it waits. */
  async stop(timeoutMs: number): Promise<ExitDocument> {
    checkLegal('stop', this.status, this.id);
    const { stopSignal, ownPidNamespace } = this.records.request;
    await this.#signal(stopSignal, false);
    if (!(await within(timeoutMs, this.exited))) await this.#signal(SIGKILL, !ownPidNamespace);
    return this.drained;
  }

  async createExec(request: CreateExecRequest): Promise<ExecSession> {
    checkLegal('exec', this.status, this.id);
    return this.execs.create(request);
  }

  /** Many at once: an exec waits for no other command. */
  async startExec(execId: string): Promise<ExecSession> {
    checkLegal('exec', this.status, this.id);
    return this.execs.start(execId);
  }

  /** Removes it from the runtime. `force` kills it first. The caller removes its records. */
  delete(force: boolean): Promise<void> {
    return this.#mutex.run(async () => {
      this.#check(force ? 'force-delete' : 'delete');
      await this.records.update({ phase: 'deleting' });
      faultPoint('delete');
      if (this.status !== 'stopped') await this.#killForDelete();
      await this.execs.removeAll();
      await this.runtime.delete(this.id, { force: true });
      if (this.records.exit !== undefined) await this.drained;
      this.#gone = true;
      await this.io.release();
    });
  }

  /** Undoes a create that failed half way: no process, no descriptor and nothing in the runtime is left. */
  async abandon(error: ShimError): Promise<void> {
    await this.runtime.delete(this.id, { force: true }).catch((cause: unknown) => {
      this.logger.debug({ err: cause, id: this.id }, 'nothing to delete after a failed create');
    });
    this.hub.fail(error);
    await this.io.release();
    await this.logs.close('deleted');
  }

  /** A client has sent the last of its input. Recorded first: after a restart stdin must not be open again. */
  async closeStdin(): Promise<void> {
    await this.records.update({ stdinClosed: true });
    await this.io.closeStdin();
  }

  /** Carries on from `exit.json` after a restart. */
  async resumeStopped(): Promise<void> {
    const { exit } = this.records;
    if (exit === undefined) return;
    this.#exited.resolve(exitDocumentOf(exit));
    if (exit.drained) return this.#finish(exit);
    await this.#drain(exit);
  }

  #check(operation: Operation): void {
    if (this.#gone)
      throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `${this.id} was deleted meanwhile`, { where: this.id });
    checkLegal(operation, this.status, this.id);
  }

  async #killForDelete(): Promise<void> {
    await this.#signal(SIGKILL, !this.records.request.ownPidNamespace);
    if (await within(KILL_TIMEOUT_MS, this.exited)) return;
    throw new ShimError('SHIM_TIMEOUT', `${this.id} does not end after SIGKILL`, { where: this.id });
  }

  /** A container that ended in the meantime is what was wanted. */
  async #signal(signal: number, all: boolean): Promise<void> {
    if (this.status === 'stopped') return;
    try {
      await this.runtime.kill(this.id, signal, { all });
    } catch (error) {
      const gone =
        isShimError(error) && (error.code === 'SHIM_ILLEGAL_STATE' || error.code === 'SHIM_CONTAINER_NOT_FOUND');
      if (!gone) throw error;
    }
  }

  async #begin(requestId: string, change: Parameters<ContainerRecords['update']>[0]): Promise<void> {
    const requests = [...this.records.runtime.requests.slice(-31), requestId];
    await this.records.update({ ...change, requests });
  }

  async #onExit(seen: SeenExit): Promise<void> {
    faultPoint('exit-seen');
    const exit = { ...exitDocument(seen.status, seen.time), schema: STATE_SCHEMA, drained: false };
    await this.#recordExit(exit, () => {
      faultPoint('exit-recorded');
      seen.acknowledge();
    });
    this.#exited.resolve(exitDocumentOf(exit));
    if (!this.records.request.ownPidNamespace) this.execs.killAll();
    await this.#drain(exit);
  }

  async #drain(exit: ExitDocument): Promise<void> {
    await this.io.drain(this.records.request.config.limits.drainTimeoutMs);
    await this.logs.flush();
    await this.logs.close('drained');
    await this.#recordExit({ ...exit, schema: STATE_SCHEMA, drained: true }, () => undefined);
    this.#finish(exit);
  }

  /**
   * Resolves once it is written, or when it can't be for now: whoever waits is not held up by a full disk. `written` is called when
   * it is.
   */
  #recordExit(exit: ExitRecord, written: () => void): Promise<void> {
    this.#exitToRecord = exit;
    const write = async (): Promise<void> => {
      // An earlier one may still be tried when a later one has come.
      await this.records.recordExit(this.#exitToRecord ?? exit);
      await this.records.update({ lost: this.losses.document() });
    };
    return new Promise((resolve, reject) => {
      const onFailure = (error: unknown): void => {
        this.logger.error({ err: error, id: this.id }, 'an exit cannot be recorded yet');
        resolve();
      };
      untilWritten(write, { onFailure, abandoned: () => this.#gone })
        .then(written)
        .then(resolve, reject);
    });
  }

  #finish(exit: ExitDocument): void {
    const document = exitDocumentOf(exit);
    this.hub.exit(document);
    this.#drained.resolve(document);
  }
}
