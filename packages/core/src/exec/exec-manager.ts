import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, injectable } from 'tsyringe';
import type { CreateExecRequest, Handed } from '../api/documents.js';
import { checkProcess } from '../bundle/read-bundle.js';
import {
  CLOCK,
  CONTAINER_COUNTERS,
  CONTAINER_EVENTS,
  IO_SERVICES,
  LAYOUT,
  LOGGER,
  LOSS_LEDGER,
  REAPER,
  RECORDS,
  RUNTIME,
} from '../di/tokens.js';
import type { ContainerEvents } from '../events/container-events.js';
import { RequestLog, refuseBegun } from '../lifecycle/request-log.js';
import type { Clock } from '../lifecycle/shim-info.js';
import { checkPidFile } from '../lifecycle/write-pid-file.js';
import { within } from '../logging/deadline.js';
import { FORWARDED, type LossLedger } from '../logging/loss-ledger.js';
import type { ContainerCounters } from '../metrics/counters.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { Runtime } from '../plugin/runtime.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Reaper } from '../reaper/reaper.js';
import { STATE_SCHEMA } from '../state/container-record.js';
import type { ContainerRecords } from '../state/container-records.js';
import { checkIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { isPrivateDirectory } from '../state/private-directory.js';
import { RecordStore } from '../state/record-store.js';
import { AttachHub } from '../stdio/attach-hub.js';
import { checkForward } from '../stdio/forward/check-forward.js';
import { makeIo } from '../stdio/make-io.js';
import type { IoServices } from '../stdio/process-io.js';
import { ExecRecords } from './exec-records.js';
import { ExecSession } from './exec-session.js';
import { recoverExec } from './recover-exec.js';

/** An ended session is kept so long for those who ask for its code. */
const KEEP_ENDED_MS = 60_000;
/** A session that nobody starts, and nobody is attached to: its client has died in between. */
export const KEEP_UNSTARTED_MS = 30_000;
const REMOVE_TIMEOUT_MS = 5_000;

/** The exec sessions of one container. */
@injectable()
export class ExecManager {
  readonly #sessions = new Map<string, ExecSession>();
  readonly #requests = new RequestLog();
  /** The container is being deleted. */
  #closed = false;

  constructor(
    @inject(RECORDS) private readonly container: ContainerRecords,
    @inject(RUNTIME) private readonly runtime: Runtime,
    @inject(IO_SERVICES) private readonly services: IoServices,
    @inject(LAYOUT) private readonly layout: StateLayout,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: PluginLogger,
    @inject(CONTAINER_EVENTS) private readonly events: ContainerEvents,
    @inject(CONTAINER_COUNTERS) private readonly counters: ContainerCounters,
    @inject(LOSS_LEDGER) private readonly losses: LossLedger,
  ) {}

  get ids(): string[] {
    return [...this.#sessions.keys()];
  }

  find(execId: string): ExecSession | undefined {
    return this.#sessions.get(execId);
  }

  /** Throws SHIM_EXEC_NOT_FOUND. */
  get(execId: string): ExecSession {
    const session = this.find(execId);
    if (session !== undefined) return session;
    const { id } = this.container.request;
    throw new ShimError('SHIM_EXEC_NOT_FOUND', `no exec session ${JSON.stringify(execId)} in ${id}`, { where: id });
  }

  /** Throws SHIM_EXEC_EXISTS, SHIM_INVALID_ID or SHIM_SPEC_INVALID. The same request again gets its session. */
  async create(request: CreateExecRequest): Promise<ExecSession> {
    checkIdentifier(request.execId, 'exec id');
    checkProcess(request.process, 'exec request');
    await checkPidFile(request.pidFile);
    checkForward(request.forward);
    if (this.#closed) throw this.#deleted();
    const existing = this.#sessions.get(request.execId);
    if (existing?.records.request.requestId === request.requestId) return existing;
    if (existing !== undefined)
      throw new ShimError('SHIM_EXEC_EXISTS', `exec ${request.execId} exists`, { where: request.execId });
    const { execId, requestId, stdin, detached, timeoutMs, pidFile, terminalSize, retained, forward } = request;
    const createdAt = this.clock.now().toISOString();
    const record = {
      schema: STATE_SCHEMA,
      execId,
      requestId,
      createdAt,
      stdin,
      detached,
      terminal: request.process['terminal'] === true,
      ...(terminalSize === undefined ? {} : { terminalSize }),
      ...(forward === undefined ? {} : { forward }),
      timeoutMs: timeoutMs ?? null,
      ...(pidFile === undefined ? {} : { pidFile }),
      ...(retained === true && { retained }),
    };
    const session = this.#open(new ExecRecords(this.#store(execId), record));
    await session.create(request.process).catch(async (error: unknown) => {
      await this.#remove(execId, session);
      throw this.#closed ? this.#deleted() : error;
    });
    session.tell('exec-create');
    this.#forgetUnstarted(execId, session);
    return session;
  }

  /** Starts the session; one that can't be started is gone. */
  async start(execId: string, handed: Handed = {}): Promise<ExecSession> {
    const session = this.get(execId);
    await session.start(handed).catch((error: unknown) => {
      this.#sessions.delete(execId);
      throw error;
    });
    return session;
  }

  /** Sends a signal once; throws as {@link refuseBegun}, and SHIM_ILLEGAL_STATE. */
  kill(execId: string, { requestId, signal }: { readonly requestId: string; readonly signal: number }): Promise<void> {
    return this.#requests.once(requestId, async () => {
      refuseBegun(this.container.runtime, requestId, { signal, to: `exec ${execId}` });
      const session = this.get(execId);
      session.checkRunning();
      // A full disk must not keep it from being killed.
      await this.container.begin(requestId, {}).catch(() => undefined);
      session.kill(signal);
    });
  }

  /** Throws SHIM_ILLEGAL_STATE if it runs: nobody would learn of its end. */
  async removeEnded(execId: string): Promise<void> {
    const session = this.get(execId);
    if (session.begun && !session.ended) {
      throw new ShimError('SHIM_ILLEGAL_STATE', `cannot remove exec ${execId}: it is running`, { where: execId });
    }
    await this.#remove(execId, session);
  }

  /** One that is not there any more was removed by somebody else: the id may be another one's. */
  async #remove(execId: string, session: ExecSession): Promise<void> {
    if (this.#sessions.get(execId) !== session) return;
    this.#sessions.delete(execId);
    await session.remove();
  }

  /**
   * Their processes have got SIGKILL with the container; those that wait for output are told the end of it. What is just being made or
   * started comes to its end first, and nothing begins any more.
   */
  async removeAll(): Promise<void> {
    this.#closed = true;
    for (const [execId, session] of this.#sessions) {
      await within(REMOVE_TIMEOUT_MS, session.settled);
      if (session.records.runtime.pid !== 0) await within(REMOVE_TIMEOUT_MS, session.drained);
      await this.#remove(execId, session);
    }
  }

  /** The container's init has ended and had no pid namespace of its own: what it leaves running is ended too. */
  killAll(): void {
    for (const session of this.#sessions.values()) {
      if (!session.ended && session.records.runtime.pid !== 0) session.kill(9);
    }
  }

  /** Takes up the sessions of an earlier shimd. */
  async recover(): Promise<void> {
    const directory = join(this.container.store.directory, 'exec');
    if (!existsSync(directory)) return;
    if (!isPrivateDirectory(directory)) return this.logger.error({ directory }, 'exec sessions cannot be recovered');
    const names = await readdir(directory);
    for (const name of names) {
      try {
        await this.#recover(name);
      } catch (error) {
        this.logger.error({ err: error, execId: name }, 'exec session cannot be recovered');
      }
    }
  }

  async #recover(execId: string): Promise<void> {
    const records = await ExecRecords.load(this.#store(execId));
    if (records === undefined) return;
    const session = this.#open(records);
    const { reaper, logger } = this;
    const { runtimeTimeoutMs } = this.container.request.config.limits;
    if (!(await recoverExec(session, { reaper, logger, key: this.#key(execId), runtimeTimeoutMs })))
      await this.#remove(execId, session);
    else if (!session.begun) this.#forgetUnstarted(execId, session);
  }

  #open(records: ExecRecords): ExecSession {
    const { namespace, id, config, bootId } = this.container.request;
    const { execId, stdin, terminal, terminalSize, forward } = records.request;
    const hub = new AttachHub(undefined, this.services.arrivals?.open);
    const key = this.#key(execId);
    const io = makeIo(
      {
        directory: records.store.directory,
        key,
        stdin,
        terminal: terminal === true,
        size: terminalSize,
        consoleSocket: this.layout.consoleSocket(key),
        hub,
        records: () => Promise.resolve(true),
        forward,
        logged: false,
        onDropped: (dropped) => this.losses.add(FORWARDED, dropped),
      },
      this.services,
    );
    const { runtime, reaper, logger, events, counters } = this;
    const { drainTimeoutMs } = config.limits;
    const session = new ExecSession({
      ref: { namespace, id, execId },
      records,
      io,
      hub,
      runtime,
      reaper,
      logger,
      events,
      counters,
      bootId,
      drainTimeoutMs,
    });
    this.#sessions.set(execId, session);
    void session.drained.then(() => this.#forgetLater(execId, session));
    return session;
  }

  #forgetLater(execId: string, session: ExecSession): void {
    this.#after(KEEP_ENDED_MS, session, () => void this.#remove(execId, session));
  }

  #forgetUnstarted(execId: string, session: ExecSession): void {
    this.#after(KEEP_UNSTARTED_MS, session, () => {
      if (session.begun) return;
      if (session.hub.empty) void this.#remove(execId, session);
      else this.#forgetUnstarted(execId, session);
    });
  }

  #after(ms: number, session: ExecSession, task: () => void): void {
    if (session.records.request.retained !== true) session.plan(ms, task);
  }

  #deleted(): ShimError {
    const { id } = this.container.request;
    return new ShimError('SHIM_CONTAINER_NOT_FOUND', `${id} was deleted meanwhile`, { where: id });
  }

  #key(execId: string): string {
    return `${this.container.request.instance}/${execId}`;
  }

  #store(execId: string): RecordStore {
    return new RecordStore(join(this.container.store.directory, 'exec', execId));
  }
}
