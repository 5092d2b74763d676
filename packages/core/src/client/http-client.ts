import { Agent } from 'node:http';
import type * as api from '../api/documents.js';
import { API_PREFIX, containerPath, execPath, METRICS_PATH } from '../api/routes.js';
import type { KillRequest, ShimService } from '../api/shim-service.js';
import { isShimError } from '../plugin/shim-error.js';
import type { ErrorCode } from '../plugin/error-codes.js';
import { attach, type AttachOptions } from './attach.js';
import { ConnectionCut } from './connection-cut.js';
import type { ShimEndpoint } from './endpoint.js';
import { exchange, type Exchange } from './exchange.js';
import { followEvents } from './follow-events.js';
import { persist } from './persist.js';
import { watchOver } from './watch-over.js';

/** A new shimd has 30 s to serve, and then the one before must come up again. */
const UPGRADE_PATIENCE_MS = 60_000;

/**
 * A group's shimd over its socket. A call whose connection is refused or cut is sent again, with the same request id,
 * until shimd has shown no life for the endpoint's patience (SHIM_UNAVAILABLE); waits ask again for ever.
 */
export class HttpShimClient implements ShimService {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(readonly endpoint: ShimEndpoint) {}

  version(): Promise<api.VersionDocument> {
    return this.#call({ method: 'GET', path: `${API_PREFIX}/version` });
  }

  metrics(): Promise<string> {
    return this.#call({ method: 'GET', path: METRICS_PATH, answer: 'text' });
  }

  configure(settings: api.ShimSettings): Promise<api.SettingsDocument> {
    return this.#call({ method: 'POST', path: `${API_PREFIX}/settings`, body: settings });
  }

  /** Follows the shimd that is asked to the one in its place. */
  upgrade(request: api.UpgradeRequest): Promise<api.UpgradeDocument> {
    const message: Exchange = { method: 'POST', path: `${API_PREFIX}/upgrade`, body: request };
    return this.#call(message, Math.max(UPGRADE_PATIENCE_MS, this.endpoint.patienceMs ?? 0));
  }

  list(): Promise<api.ContainerDocument[]> {
    return this.#call({ method: 'GET', path: `${API_PREFIX}/containers` });
  }

  inspect(ref: api.ContainerRef): Promise<api.ContainerDocument> {
    return this.#call({ method: 'GET', path: containerPath(ref) });
  }

  recover(ref: api.ContainerRef, request: { readonly requestId: string }): Promise<api.ContainerDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'recover'), body: request });
  }

  create(request: api.CreateContainerRequest): Promise<api.ContainerDocument> {
    return this.#call({ method: 'POST', path: `${API_PREFIX}/containers`, body: request });
  }

  start(ref: api.ContainerRef, request: { readonly requestId: string }): Promise<api.ContainerDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'start'), body: request });
  }

  async kill(ref: api.ContainerRef, request: KillRequest): Promise<void> {
    await this.#call({ method: 'POST', path: containerPath(ref, 'kill'), body: request });
  }

  pause(ref: api.ContainerRef, request: { readonly requestId: string }): Promise<api.ContainerDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'pause'), body: request });
  }

  resume(ref: api.ContainerRef, request: { readonly requestId: string }): Promise<api.ContainerDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'resume'), body: request });
  }

  async reopenLogs(ref: api.ContainerRef, request: { readonly requestId: string }): Promise<void> {
    await this.#call({ method: 'POST', path: containerPath(ref, 'reopen-logs'), body: request });
  }

  async update(ref: api.ContainerRef, request: api.UpdateRequest): Promise<void> {
    await this.#call({ method: 'POST', path: containerPath(ref, 'update'), body: request });
  }

  async resize(ref: api.ContainerRef, request: api.ResizeRequest): Promise<void> {
    await this.#call({ method: 'POST', path: containerPath(ref, 'resize'), body: request });
  }

  processes(ref: api.ContainerRef): Promise<api.ProcessDocument[]> {
    return this.#call({ method: 'GET', path: containerPath(ref, 'processes') });
  }

  stats(ref: api.ContainerRef): Promise<api.StatsDocument> {
    return this.#call({ method: 'GET', path: containerPath(ref, 'stats') });
  }

  stop(
    ref: api.ContainerRef,
    request: { readonly requestId: string; readonly timeoutMs?: number },
  ): Promise<api.ExitDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'stop'), body: request });
  }

  wait(ref: api.ContainerRef, until: 'exit' | 'drained', signal?: AbortSignal): Promise<api.ExitDocument> {
    return this.#wait(`${containerPath(ref, 'wait')}?until=${until}`, signal);
  }

  notifications(ref: api.ContainerRef, cursor: string, signal?: AbortSignal): Promise<api.NotificationsDocument> {
    return this.#wait(`${containerPath(ref, 'notifications')}?cursor=${encodeURIComponent(cursor)}`, signal);
  }

  async delete(ref: api.ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void> {
    const query = new URLSearchParams({ requestId: request.requestId, ...(request.force ? { force: '1' } : {}) });
    await this.#remove(`${containerPath(ref)}?${query.toString()}`, 'SHIM_CONTAINER_NOT_FOUND');
  }

  createExec(ref: api.ContainerRef, request: api.CreateExecRequest): Promise<api.ExecDocument> {
    return this.#call({ method: 'POST', path: containerPath(ref, 'execs'), body: request });
  }

  startExec(ref: api.ExecRef, request: api.StartExecRequest): Promise<api.ExecDocument> {
    return this.#call({ method: 'POST', path: execPath(ref, 'start'), body: request });
  }

  async killExec(ref: api.ExecRef, request: { readonly requestId: string; readonly signal: number }): Promise<void> {
    await this.#call({ method: 'POST', path: execPath(ref, 'kill'), body: request });
  }

  async resizeExec(ref: api.ExecRef, request: api.ResizeRequest): Promise<void> {
    await this.#call({ method: 'POST', path: execPath(ref, 'resize'), body: request });
  }

  waitExec(ref: api.ExecRef, signal?: AbortSignal): Promise<api.ExitDocument> {
    return this.#wait(execPath(ref, 'wait'), signal);
  }

  async deleteExec(ref: api.ExecRef): Promise<void> {
    await this.#remove(execPath(ref), 'SHIM_EXEC_NOT_FOUND');
  }

  /**
   * As {@link ShimService.events}. Goes on behind the last event after a restart of shimd; ends when the group's keeper has
   * gone, and starts none.
   */
  events(query: api.EventQuery, signal?: AbortSignal): AsyncIterable<api.EventDocument> {
    return followEvents(this.endpoint, query, signal);
  }

  /** Joins this client's streams to those of a container or exec session until it has ended; see {@link attach}. */
  attach(target: api.ContainerRef | api.ExecRef, options: AttachOptions): Promise<api.ExitDocument> {
    return attach(this.endpoint, target, options);
  }

  /** Closes idle connections. Calls under way go on. */
  close(): void {
    this.#agent.destroy();
  }

  #call<T>(message: Exchange, patienceMs?: number): Promise<T> {
    const { socketPath } = this.endpoint;
    return persist(
      this.endpoint,
      (state) => watchOver(socketPath, state, (signal) => this.#exchange<T>(message, signal)),
      patienceMs === undefined ? {} : { patienceMs },
    );
  }

  #wait<T>(path: string, signal: AbortSignal | undefined): Promise<T> {
    const message: Exchange = { method: 'GET', path };
    return persist(this.endpoint, () => this.#exchange<T>(message, signal), {
      patienceMs: Infinity,
      signal,
    });
  }

  /** What is gone after an answer was lost was removed by the request whose answer it was. */
  async #remove(path: string, gone: ErrorCode): Promise<void> {
    const { socketPath } = this.endpoint;
    let lost = false;
    const attempt = (signal: AbortSignal): Promise<unknown> =>
      this.#exchange({ method: 'DELETE', path }, signal).catch((error: unknown) => {
        lost ||= error instanceof ConnectionCut && error.sent;
        throw error;
      });
    try {
      await persist(this.endpoint, (state) => watchOver(socketPath, state, attempt));
    } catch (error) {
      if (!(lost && isShimError(error) && error.code === gone)) throw error;
    }
  }

  async #exchange<T>(message: Exchange, signal: AbortSignal | undefined): Promise<T> {
    const { socketPath } = this.endpoint;
    return (await exchange(message, { socketPath, agent: this.#agent, signal })) as T;
  }
}
