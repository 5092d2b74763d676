import type {
  ContainerDocument,
  ContainerRef,
  CreateContainerRequest,
  CreateExecRequest,
  EventDocument,
  ExecDocument,
  ExecRef,
  ExitDocument,
  KillRequest,
  NotificationsDocument,
  ProcessDocument,
  ResizeRequest,
  SettingsDocument,
  ShimService,
  ShimSettings,
  StatsDocument,
  UpdateRequest,
  UpgradeDocument,
  UpgradeRequest,
  VersionDocument,
} from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { containerDocument, EXITED, statsDocument } from './documents.js';

/** One call of the service: its name and arguments, request ids left out. */
export type Call = readonly [method: string, ...args: unknown[]];

/** A ShimService that records its calls; what it answers can be replaced by a test, method by method. */
export class FakeService implements ShimService {
  readonly calls: Call[] = [];
  /** Every request id that came. */
  readonly requestIds: string[] = [];
  readonly documents = new Map<string, ContainerDocument>();
  /** Errors to answer with, by method. */
  readonly failures: Partial<Record<keyof ShimService, Error>> = {};
  exit: ExitDocument = EXITED;
  settings: ShimSettings = { logLevel: 'info', idleTimeoutMs: 2_000 };
  /** What `wait` waits for. */
  drained: Promise<unknown> = Promise.resolve();
  metricsText = '';
  /** What `processes` answers. */
  processList: ProcessDocument[] = [];
  /** What `stats` answers; may throw. */
  statsOf: (container: ContainerDocument) => StatsDocument = statsDocument;
  /** What `notifications` answers; may throw. */
  notificationsOf: (cursor: string) => NotificationsDocument | Promise<NotificationsDocument> = (cursor) => ({
    cursor,
    messages: [],
    ready: false,
    ended: true,
  });
  /** Runs before a call of the method is answered. */
  readonly before: Partial<Record<keyof ShimService, () => unknown>> = {};

  async version(): Promise<VersionDocument> {
    await this.#record('version');
    return { version: '0.1.0', api: 1, shim: { pid: 11, keeperPid: 10, group: 'default' } };
  }

  async metrics(): Promise<string> {
    await this.#record('metrics');
    return this.metricsText;
  }

  async configure(now: ShimSettings): Promise<SettingsDocument> {
    await this.#record('configure', now);
    return { before: this.settings, now };
  }

  async upgrade(request: UpgradeRequest): Promise<UpgradeDocument> {
    await this.#record('upgrade', request);
    return { result: 'upgraded', version: request.version };
  }

  async list(): Promise<ContainerDocument[]> {
    await this.#record('list');
    return [...this.documents.values()];
  }

  async recover(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    await this.#record('recover', ref, request);
    return this.#find(ref);
  }

  async inspect(ref: ContainerRef): Promise<ContainerDocument> {
    await this.#record('inspect', ref);
    return this.#find(ref);
  }

  async create(request: CreateContainerRequest): Promise<ContainerDocument> {
    await this.#record('create', request);
    const { namespace, id, bundle } = request;
    const document = containerDocument({ namespace, id }, { bundle, status: 'created', startedAt: null });
    this.documents.set(id, document);
    return document;
  }

  async start(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    await this.#record('start', ref, request);
    const document: ContainerDocument = { ...this.#find(ref), status: 'running' };
    this.documents.set(ref.id, document);
    return document;
  }

  async kill(ref: ContainerRef, request: KillRequest): Promise<void> {
    await this.#record('kill', ref, request);
  }

  async pause(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    await this.#record('pause', ref, request);
    return { ...this.#find(ref), status: 'paused' };
  }

  async resume(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument> {
    await this.#record('resume', ref, request);
    return { ...this.#find(ref), status: 'running' };
  }

  async reopenLogs(ref: ContainerRef, request: { readonly requestId: string }): Promise<void> {
    await this.#record('reopenLogs', ref, request);
  }

  async update(ref: ContainerRef, request: UpdateRequest): Promise<void> {
    await this.#record('update', ref, request);
  }

  async resize(ref: ContainerRef, request: ResizeRequest): Promise<void> {
    await this.#record('resize', ref, request);
  }

  async resizeExec(ref: ExecRef, request: ResizeRequest): Promise<void> {
    await this.#record('resizeExec', ref, request);
  }

  async processes(ref: ContainerRef): Promise<ProcessDocument[]> {
    await this.#record('processes', ref);
    return this.processList;
  }

  async stats(ref: ContainerRef): Promise<StatsDocument> {
    await this.#record('stats', ref);
    return this.statsOf(this.#find(ref));
  }

  async stop(ref: ContainerRef, request: { readonly requestId: string }): Promise<ExitDocument> {
    await this.#record('stop', ref, request);
    return this.exit;
  }

  async wait(ref: ContainerRef, until: 'exit' | 'drained', signal?: AbortSignal): Promise<ExitDocument> {
    await this.#record('wait', ref, until);
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
    await Promise.race([this.drained, aborted]);
    const { exitCode, signal: by } = this.documents.get(ref.id) ?? this.exit;
    return { ...this.exit, exitCode, signal: by };
  }

  async delete(ref: ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void> {
    await this.#record('delete', ref, request);
    this.documents.delete(ref.id);
  }

  async createExec(ref: ContainerRef, request: CreateExecRequest): Promise<ExecDocument> {
    await this.#record('createExec', ref, request);
    return { ...ref, execId: request.execId, status: 'created', pid: 0, exit: null };
  }

  async startExec(ref: ExecRef, request: { readonly requestId: string }): Promise<ExecDocument> {
    await this.#record('startExec', ref, request);
    return { ...ref, status: 'running', pid: 4712, exit: null };
  }

  async killExec(ref: ExecRef, request: { readonly requestId: string; readonly signal: number }): Promise<void> {
    await this.#record('killExec', ref, request);
  }

  async waitExec(ref: ExecRef): Promise<ExitDocument> {
    await this.#record('waitExec', ref);
    return this.exit;
  }

  async notifications(ref: ContainerRef, cursor: string): Promise<NotificationsDocument> {
    await this.#record('notifications', ref, cursor);
    return this.notificationsOf(cursor);
  }

  async deleteExec(ref: ExecRef): Promise<void> {
    await this.#record('deleteExec', ref);
  }

  async *events(): AsyncGenerator<EventDocument> {
    yield* [];
  }

  async #record(method: keyof ShimService, ...args: unknown[]): Promise<void> {
    this.calls.push([method, ...args.map((argument) => this.#withoutRequestId(argument))]);
    await this.before[method]?.();
    const failure = this.failures[method];
    if (failure !== undefined) throw failure;
  }

  #withoutRequestId(argument: unknown): unknown {
    if (typeof argument !== 'object' || argument === null || !('requestId' in argument)) return argument;
    const { requestId, ...rest } = argument;
    this.requestIds.push(requestId as string);
    return rest;
  }

  #find(ref: ContainerRef): ContainerDocument {
    const document = this.documents.get(ref.id);
    if (document !== undefined) return document;
    throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `there is no container ${ref.id}`, { where: ref.id });
  }
}
