import { join } from 'node:path';
import { inject, injectable } from 'tsyringe';
import type { ContainerStatus, ExitDocument, UpdateRequest } from '../api/documents.js';
import type { KillRequest } from '../api/shim-service.js';
import {
  ATTACH_HUB,
  CLOCK,
  CONTAINER_COUNTERS,
  CONTAINER_EVENTS,
  CONTAINER_IO,
  EXEC_MANAGER,
  LAYOUT,
  LOG_FANOUT,
  LOGGER,
  LOSS_LEDGER,
  NOTIFICATIONS,
  OOM_MONITOR,
  REAPER,
  RECORDS,
  RUNTIME,
} from '../di/tokens.js';
import { exitAttributes } from '../events/backfill.js';
import type { ContainerEvents } from '../events/container-events.js';
import type { ExecManager } from '../exec/exec-manager.js';
import { faultPoint } from '../faults/fault-point.js';
import type { LogFanout } from '../logging/log-fanout.js';
import type { LossLedger } from '../logging/loss-ledger.js';
import type { ContainerCounters } from '../metrics/counters.js';
import type { Notifications } from '../notify/notifications.js';
import type { OomMonitor } from '../oom/oom-monitor.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { Runtime } from '../plugin/runtime.js';
import { ShimError } from '../plugin/shim-error.js';
import { exitDocument, exitDocumentOf } from '../reaper/exit-status.js';
import type { Reaper, SeenExit, TrackedProcess } from '../reaper/reaper.js';
import { STATE_SCHEMA } from '../state/container-record.js';
import type { ContainerRecords } from '../state/container-records.js';
import type { StateLayout } from '../state/layout.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import type { ContainerIo } from '../stdio/container-io.js';
import { openNoted } from './crash-count.js';
import { createInit } from './create-init.js';
import { deferred } from './deferred.js';
import { killByRequest, killForDelete, stopContainer, type StopOrder } from './end-container.js';
import { ExitWriter } from './exit-writer.js';
import type { Making } from './making.js';
import { Mutex } from './mutex.js';
import { setFrozen } from './pause.js';
import { RequestLog } from './request-log.js';
import { updateContainer } from './running-container.js';
import type { Clock } from './shim-info.js';
import { startContainer } from './start-container.js';
import { checkLegal, statusOf, type Operation } from './state-machine.js';

/** One container: its state machine, and the order in which things happen to it. */
@injectable()
export class Container {
  /** Commands that change it come one after the other. */
  readonly mutex = new Mutex();
  readonly #requests = new RequestLog();
  readonly #exited = deferred<ExitDocument>();
  readonly #drained = deferred<ExitDocument>();
  readonly #exits = new ExitWriter({
    write: async (exit) => {
      await this.records.recordExit(exit);
      await this.records.recordLost(this.losses.document());
    },
    onFailure: (error) => this.logger.error({ err: error, id: this.id }, 'an exit cannot be recorded yet'),
    abandoned: () => this.#gone,
  });
  #gone = false; // deleted: its id may be another container's by now

  constructor(
    @inject(RECORDS) readonly records: ContainerRecords,
    @inject(RUNTIME) readonly runtime: Runtime,
    @inject(CONTAINER_IO) readonly io: ContainerIo,
    @inject(LOG_FANOUT) readonly logs: LogFanout,
    @inject(LOSS_LEDGER) readonly losses: LossLedger,
    @inject(CONTAINER_COUNTERS) readonly counters: ContainerCounters,
    @inject(ATTACH_HUB) readonly hub: AttachHub,
    @inject(EXEC_MANAGER) readonly execs: ExecManager,
    @inject(OOM_MONITOR) readonly oom: OomMonitor,
    @inject(CONTAINER_EVENTS) readonly events: ContainerEvents,
    @inject(NOTIFICATIONS) readonly notifications: Notifications,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) readonly logger: PluginLogger,
    @inject(LAYOUT) private readonly layout: StateLayout,
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
  create(making: Making = {}): Promise<void> {
    return this.mutex.run(async () => {
      await openNoted(this.logs, this.records);
      await this.notifications.make();
      await this.created(await createInit(this, making, { reaper: this.reaper, root: this.layout.root }));
    });
  }

  /** The runtime has made the container with this init: from here on it is watched and read. */
  async created(process: TrackedProcess): Promise<void> {
    const { pid, startTime } = process;
    const noticed = this.oom.begin(pid);
    await this.records.update({ phase: 'created', pid, startTime: String(startTime), ...noticed });
    faultPoint('pid-recorded');
    this.events.emitNow('create', { attributes: { pid } });
    this.watch(process);
    this.io.start();
  }

  /** Waits in the background for init's end. */
  watch(process: TrackedProcess): void {
    void process.exited
      .then((exit) => this.#onExit(exit))
      .catch((error: unknown) => this.logger.error({ err: error, id: this.id }, 'recording an exit failed'));
  }

  start(requestId: string): Promise<void> {
    return this.#requests.once(requestId, () =>
      this.mutex.run(async () => {
        // The first call may have been cut off by a restart of shimd after it was recorded.
        if (this.records.runtime.startedAt !== null && this.records.runtime.requests.includes(requestId)) return;
        this.#check('start');
        // Taken before the deed: a short program has exited by the time the runtime returns.
        const startedAt = this.clock.now().toISOString();
        await this.records.begin(requestId, { phase: 'starting', startingAt: startedAt });
        await this.events.around('start', () => startContainer(this, startedAt), {
          time: startedAt,
          attributes: { pid: this.records.runtime.pid },
        });
      }),
    );
  }

  kill(request: KillRequest): Promise<void> {
    return this.#requests.once(request.requestId, () =>
      this.mutex.run(async () => {
        this.#checkThere();
        await killByRequest(this, request);
      }),
    );
  }

  pause(requestId: string): Promise<void> {
    return this.#freeze('pause', requestId);
  }

  resume(requestId: string): Promise<void> {
    return this.#freeze('resume', requestId);
  }

  update(request: UpdateRequest): Promise<void> {
    return this.#requests.once(request.requestId, () =>
      this.mutex.run(async () => {
        this.#check('update');
        await this.events.around('update', () => updateContainer(this, request.requestId, request.resources));
      }),
    );
  }

  /** Waits for no other command, since a log's disk may be slow. The same request again may open them once more. */
  reopenLogs(requestId: string): Promise<void> {
    return this.#requests.once(requestId, async () => {
      this.#check('reopen-logs');
      await this.logs.reopen();
      this.events.emit('log-reopen');
    });
  }

  /** Does not hold up other commands while it waits. */
  stop(order: StopOrder): Promise<ExitDocument> {
    return this.#requests.once(order.requestId, () => stopContainer(this, order));
  }

  /** Removes it from the runtime. `force` kills it first. The caller removes its records. */
  delete(force: boolean): Promise<void> {
    return this.mutex.run(async () => {
      this.#check(force ? 'force-delete' : 'delete');
      const frozen = this.status === 'paused';
      // It frees space, if the disk is full.
      await this.records.update({ phase: 'deleting' }).catch(() => undefined);
      faultPoint('delete');
      if (this.status !== 'stopped') await killForDelete(this, frozen);
      await this.execs.removeAll();
      await this.runtime.delete(this.id, { force: true });
      if (this.records.exit !== undefined) await this.drained;
      this.#gone = true;
      await this.io.release();
      await this.notifications.release();
    });
  }

  /** Undoes a create that failed half way: no process, no descriptor and nothing in the runtime is left. */
  async abandon(error: ShimError): Promise<void> {
    this.oom.close();
    await this.runtime.delete(this.id, { force: true }).catch((cause: unknown) => {
      this.logger.debug({ err: cause, id: this.id }, 'nothing to delete after a failed create');
    });
    this.hub.fail(error);
    await this.io.release();
    await this.notifications.release();
    await this.logs.close('deleted');
  }

  /** Another shimd takes over: what waits for log drivers is delivered, or counted. No output is read any more. */
  async leave(): Promise<void> {
    await this.logs.close('restart');
    await this.records.update({ lost: this.losses.document(), told: this.losses.toldRecord() });
  }

  /** A client has sent the last of its input. Recorded first: after a restart stdin must not be open again. */
  async closeStdin(): Promise<void> {
    // A terminal has no end: whoever says it again, after a restart say, must not type ctrl-D again.
    if (this.records.runtime.stdinClosed && this.io.resize !== undefined) return;
    await this.records.update({ stdinClosed: true }).catch(() => undefined);
    await this.io.closeStdin();
  }

  /** Carries on from `exit.json` after a restart. */
  async resumeStopped(): Promise<void> {
    const { exit } = this.records;
    if (exit === undefined) return;
    this.#exited.resolve(exitDocumentOf(exit));
    return exit.drained ? this.#finish(exit) : this.#drain(exit);
  }

  #checkThere(): void {
    if (!this.#gone) return;
    throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `${this.id} was deleted meanwhile`, { where: this.id });
  }

  #check(operation: Operation): void {
    this.#checkThere();
    checkLegal(operation, this.status, this.id);
  }

  #freeze(operation: 'pause' | 'resume', requestId: string): Promise<void> {
    return this.#requests.once(requestId, () =>
      this.mutex.run(async () => {
        // Begun before a restart of shimd, which has carried it through.
        if (this.records.runtime.requests.includes(requestId)) return;
        this.#check(operation);
        await this.events.around(operation, () => setFrozen(this, operation, requestId));
      }),
    );
  }

  async #onExit(seen: SeenExit): Promise<void> {
    faultPoint('exit-seen');
    this.oom.close();
    const exit = { ...exitDocument(seen.status, seen.time), schema: STATE_SCHEMA, drained: false };
    await this.#exits.record(exit, () => {
      faultPoint('exit-recorded');
      seen.acknowledge();
    });
    this.events.emit('exit', { time: exit.exitedAt, attributes: exitAttributes(exit, this.records.runtime.pid) });
    this.#exited.resolve(exitDocumentOf(exit));
    if (!this.records.request.ownPidNamespace) this.execs.killAll();
    await this.#drain(exit);
  }

  async #drain(exit: ExitDocument): Promise<void> {
    this.logs.ending();
    await this.io.drain(this.records.request.config.limits.drainTimeoutMs);
    await this.logs.flush();
    await this.logs.close('drained');
    await this.#exits.record({ ...exit, schema: STATE_SCHEMA, drained: true }, () => undefined);
    this.events.losses.flush();
    this.events.emit('drained');
    this.#finish(exit);
  }

  #finish(exit: ExitDocument): void {
    const document = exitDocumentOf(exit);
    this.hub.exit(document);
    this.#drained.resolve(document);
  }
}
