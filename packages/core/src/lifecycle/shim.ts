import { inject, injectable } from 'tsyringe';
import type {
  ContainerDocument,
  ContainerRef,
  CreateContainerRequest,
  CreateExecRequest,
  EventDocument,
  EventQuery,
  ExecDocument,
  ExecRef,
  ExitDocument,
  Handed,
  NotificationsDocument,
  ProcessDocument,
  ResizeRequest,
  SettingsDocument,
  ShimSettings,
  StartExecRequest,
  StatsDocument,
  UpdateRequest,
  UpgradeDocument,
  UpgradeRequest,
  VersionDocument,
} from '../api/documents.js';
import type { KillRequest, ShimService } from '../api/shim-service.js';
import { CONTAINERS, LAYOUT, SHIM_INFO, SHIM_METRICS } from '../di/tokens.js';
import { queryEvents } from '../events/query-events.js';
import type { ShimMetrics } from '../metrics/shim-metrics.js';
import type { StateLayout } from '../state/layout.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Containers } from './containers.js';
import { containerDocument } from './container-document.js';
import { createExec, startExec } from './exec-in-container.js';
import { RequestLog } from './request-log.js';
import { containerProcesses, containerStats } from './running-container.js';
import type { ShimInfo } from './shim-info.js';
import { resizeTerminal } from './resize-terminal.js';

/** The shim as front ends see it, over HTTP or in process. */
@injectable()
export class Shim implements ShimService {
  readonly #removals = new RequestLog();

  constructor(
    @inject(CONTAINERS) readonly containers: Containers,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
    @inject(LAYOUT) private readonly layout: StateLayout,
    @inject(SHIM_METRICS) private readonly measured: ShimMetrics,
  ) {}

  version(): Promise<VersionDocument> {
    const { version, pid, keeperPid, group, restarts, replacements } = this.info;
    return Promise.resolve({
      ...{ version, api: 1, shim: { pid, keeperPid, group } },
      ...(restarts !== undefined && { restarts }),
      ...(replacements !== undefined && { replacements }),
    });
  }

  metrics(): Promise<string> {
    return this.measured.text();
  }

  async configure(settings: ShimSettings): Promise<SettingsDocument> {
    const { settings: changeable } = this.info;
    if (changeable === undefined) throw new ShimError('SHIM_UNSUPPORTED', "this shim's settings can't be changed");
    const before = changeable.current;
    await changeable.change(settings);
    return { before, now: changeable.current };
  }

  async upgrade(request: UpgradeRequest): Promise<UpgradeDocument> {
    const { upgrader } = this.info;
    if (upgrader === undefined) throw new ShimError('SHIM_UNSUPPORTED', 'this shim can not be replaced');
    return upgrader.upgrade(request);
  }

  list(): Promise<ContainerDocument[]> {
    return Promise.resolve(this.containers.list());
  }

  inspect(ref: ContainerRef): Promise<ContainerDocument> {
    return Promise.resolve().then(() => this.containers.inspect(ref));
  }

  recover(ref: ContainerRef, _request: { readonly requestId: string }): Promise<ContainerDocument> {
    return this.containers.recoverAgain(ref);
  }

  async create(request: CreateContainerRequest, handed: Handed = {}): Promise<ContainerDocument> {
    await this.containers.create(request, handed);
    return this.containers.inspect(request);
  }

  async start(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    const container = this.containers.get(ref);
    await container.start(request.requestId);
    // Not looked up again: one that removes itself may be gone by now.
    return containerDocument(container, this.info);
  }

  async kill(ref: ContainerRef, request: KillRequest): Promise<void> {
    await this.containers.get(ref).kill(request);
  }

  async pause(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    const container = this.containers.get(ref);
    await container.pause(request.requestId);
    return containerDocument(container, this.info);
  }

  async resume(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    const container = this.containers.get(ref);
    await container.resume(request.requestId);
    // As with start.
    return containerDocument(container, this.info);
  }

  async update(ref: ContainerRef, request: UpdateRequest): Promise<void> {
    await this.containers.get(ref).update(request);
  }

  async reopenLogs(ref: ContainerRef, request: { readonly requestId: string }): Promise<void> {
    await this.containers.get(ref).reopenLogs(request.requestId);
  }

  async resize(ref: ContainerRef, size: ResizeRequest): Promise<void> {
    const { io, id } = this.containers.get(ref);
    resizeTerminal(io, size, id);
    await Promise.resolve();
  }

  async processes(ref: ContainerRef): Promise<ProcessDocument[]> {
    return containerProcesses(this.containers.get(ref));
  }

  async stats(ref: ContainerRef): Promise<StatsDocument> {
    return containerStats(this.containers.get(ref));
  }

  async stop(
    ref: ContainerRef,
    request: { readonly requestId: string; readonly timeoutMs?: number },
  ): Promise<ExitDocument> {
    const container = this.containers.get(ref);
    const { stopTimeoutMs } = container.records.request.config.limits;
    return container.stop({ requestId: request.requestId, timeoutMs: request.timeoutMs ?? stopTimeoutMs });
  }

  async wait(ref: ContainerRef, until: 'exit' | 'drained'): Promise<ExitDocument> {
    const container = this.containers.get(ref);
    return until === 'exit' ? container.exited : container.drained;
  }

  async notifications(ref: ContainerRef, cursor: string): Promise<NotificationsDocument> {
    const container = this.containers.get(ref);
    return container.notifications.behind(cursor, container.exited);
  }

  async delete(ref: ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void> {
    await this.#removals.once(request.requestId, () => this.containers.remove(ref, request.force));
  }

  async createExec(ref: ContainerRef, request: CreateExecRequest): Promise<ExecDocument> {
    const session = await createExec(this.containers.get(ref), request);
    return session.document();
  }

  async startExec(ref: ExecRef, _request: StartExecRequest, handed: Handed = {}): Promise<ExecDocument> {
    const session = await startExec(this.containers.get(ref), ref.execId, handed);
    return session.document();
  }

  async killExec(ref: ExecRef, request: { readonly requestId: string; readonly signal: number }): Promise<void> {
    await this.containers.get(ref).execs.kill(ref.execId, request);
  }

  async resizeExec(ref: ExecRef, size: ResizeRequest): Promise<void> {
    const { io } = this.containers.get(ref).execs.get(ref.execId);
    resizeTerminal(io, size, `exec ${ref.execId}`);
    await Promise.resolve();
  }

  async waitExec(ref: ExecRef): Promise<ExitDocument> {
    return this.containers.get(ref).execs.get(ref.execId).outcome;
  }

  async deleteExec(ref: ExecRef): Promise<void> {
    await this.containers.get(ref).execs.removeEnded(ref.execId);
  }

  events(query: EventQuery, signal?: AbortSignal): AsyncIterable<EventDocument> {
    return queryEvents(this.layout, this.info.group, query, signal);
  }
}
