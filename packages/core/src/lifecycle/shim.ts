import { inject, injectable } from 'tsyringe';
import type {
  ContainerDocument,
  ContainerRef,
  CreateContainerRequest,
  CreateExecRequest,
  ExecDocument,
  ExecRef,
  ExitDocument,
  VersionDocument,
} from '../api/documents.js';
import type { KillRequest, ShimService } from '../api/shim-service.js';
import { CONTAINERS, SHIM_INFO } from '../di/tokens.js';
import type { Containers } from './containers.js';
import { containerDocument } from './container-document.js';
import { RequestLog } from './request-log.js';
import type { ShimInfo } from './shim-info.js';

/** The shim as front ends see it, over HTTP or in process. */
@injectable()
export class Shim implements ShimService {
  readonly #removals = new RequestLog();

  constructor(
    @inject(CONTAINERS) readonly containers: Containers,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
  ) {}

  version(): Promise<VersionDocument> {
    const { version, pid, keeperPid, group } = this.info;
    return Promise.resolve({ version, api: 1, shim: { pid, keeperPid, group } });
  }

  list(): Promise<ContainerDocument[]> {
    return Promise.resolve(this.containers.list());
  }

  inspect(ref: ContainerRef): Promise<ContainerDocument> {
    return Promise.resolve().then(() => this.containers.inspect(ref));
  }

  async create(request: CreateContainerRequest): Promise<ContainerDocument> {
    await this.containers.create(request);
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

  async stop(
    ref: ContainerRef,
    request: { readonly requestId: string; readonly timeoutMs?: number },
  ): Promise<ExitDocument> {
    const container = this.containers.get(ref);
    return container.stop(request.timeoutMs ?? container.records.request.config.limits.stopTimeoutMs);
  }

  async wait(ref: ContainerRef, until: 'exit' | 'drained'): Promise<ExitDocument> {
    const container = this.containers.get(ref);
    return until === 'exit' ? container.exited : container.drained;
  }

  async delete(ref: ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void> {
    await this.#removals.once(request.requestId, () => this.containers.remove(ref, request.force));
  }

  async createExec(ref: ContainerRef, request: CreateExecRequest): Promise<ExecDocument> {
    const session = await this.containers.get(ref).createExec(request);
    return session.document();
  }

  async startExec(ref: ExecRef): Promise<ExecDocument> {
    const session = await this.containers.get(ref).startExec(ref.execId);
    return session.document();
  }

  async killExec(ref: ExecRef, request: { readonly signal: number }): Promise<void> {
    this.containers.get(ref).execs.get(ref.execId).kill(request.signal);
    await Promise.resolve();
  }

  async waitExec(ref: ExecRef): Promise<ExitDocument> {
    return this.containers.get(ref).execs.get(ref.execId).drained;
  }

  async deleteExec(ref: ExecRef): Promise<void> {
    await this.containers.get(ref).execs.removeEnded(ref.execId);
  }
}
