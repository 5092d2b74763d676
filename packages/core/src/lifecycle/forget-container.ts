import type { ContainerRef } from '../api/documents.js';
import type { ClearLogs } from '../logging/log-directory.js';
import { within } from '../logging/deadline.js';
import type { FileLanes } from '../logging/file-lanes.js';
import { removeUnitCgroup } from '../placement/container-cgroups.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { ShimError } from '../plugin/shim-error.js';
import { containerKey } from '../state/container-key.js';
import { removeContainerDirectory } from '../state/container-directory.js';
import type { StateLayout } from '../state/layout.js';
import type { Container } from './container.js';

export interface ForgettingParts {
  readonly layout: StateLayout;
  readonly lanes: FileLanes;
  readonly logger: PluginLogger;
  /** Called when a container is gone. */
  readonly gone: (ref: ContainerRef) => void;
}

interface Pending {
  readonly done: Promise<void>;
  readonly timeoutMs: number;
}

/** Removes what is left of containers that are no more: logs, records, cgroups of units. */
export class Forgetting {
  readonly #pending = new Map<string, Pending>();
  /** A container is forgotten once, however many ask for it: its id may be another one's right after that. */
  readonly #forgotten = new WeakMap<Container, Pending>();

  constructor(private readonly parts: ForgettingParts) {}

  get empty(): boolean {
    return this.#pending.size === 0;
  }

  /**
   * Resolves when it is gone. Throws SHIM_LOG_REMOVE if the disk of its logs does not answer within `limits.logTimeout`: it goes when that
   * does. The records go last, so that an interrupted removal is done again.
   */
  forget(container: Container, clearLogs: ClearLogs): Promise<void> {
    const { request } = container.records;
    const known = this.#forgotten.get(container);
    if (known !== undefined) return inTime(known, request);
    const key = containerKey(request);
    const done = this.#remove(container, clearLogs)
      .finally(() => this.#pending.delete(key))
      // Behind that: whoever hears that the last one is gone looks whether this is empty.
      .then(() => this.parts.gone(request));
    const pending = { done, timeoutMs: request.config.limits.logTimeoutMs };
    this.#pending.set(key, pending);
    this.#forgotten.set(container, pending);
    return inTime(pending, request);
  }

  /** The same for one that is just being removed; undefined for every other. */
  underWay(ref: ContainerRef): Promise<void> | undefined {
    const pending = this.#pending.get(containerKey(ref));
    return pending === undefined ? undefined : inTime(pending, ref);
  }

  /** Resolves when it is not on its way out any more, or after `limits.logTimeout`. */
  async settled(ref: ContainerRef): Promise<void> {
    const pending = this.#pending.get(containerKey(ref));
    if (pending !== undefined) await within(pending.timeoutMs, pending.done).catch(() => undefined);
  }

  async #remove({ records, events }: Container, clearLogs: ClearLogs): Promise<void> {
    const { layout, lanes, logger } = this.parts;
    const { request, store } = records;
    await store.retire();
    const { logDirectory, logs } = request.config;
    // Without log drivers nothing was made there.
    if (logs.length > 0)
      await clearLogs(logDirectory, request, lanes.forPath(logDirectory, 'background')).catch((error: unknown) => {
        logger.error({ err: error, logDirectory }, 'the logs of a container that is no more cannot be removed');
      });
    await removeContainerDirectory(layout, request);
    if (request.unitCgroup !== undefined) removeUnitCgroup(request.unitCgroup);
    const { runtime, exit } = records;
    const attributes = { pid: runtime.pid, exitCode: exit?.exitCode ?? null, exitedAt: exit?.exitedAt ?? null };
    if (runtime.pid !== 0) events.emit('delete', { attributes });
  }
}

async function inTime({ done, timeoutMs }: Pending, { namespace, id }: ContainerRef): Promise<void> {
  if (await within(timeoutMs, done)) return done;
  throw new ShimError('SHIM_LOG_REMOVE', `the logs of ${id} are not removed yet: their disk does not answer`, {
    where: `namespace ${namespace}`,
  });
}
