import { inject, injectable } from 'tsyringe';
import type { LocateCgroups } from '../cgroups/container-cgroups.js';
import { CONTAINER_EVENTS, IO_SERVICES, LOCATE_CGROUPS, LOGGER, RECORDS } from '../di/tokens.js';
import type { ContainerEvents } from '../events/container-events.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { RuntimeRecord } from '../state/container-record.js';
import type { ContainerRecords } from '../state/container-records.js';
import type { IoServices } from '../stdio/process-io.js';
import { openOomCounter, type OomCounter } from './oom-counter.js';

/** v1 tells of a kill just before it: the count is looked at again so many milliseconds later each time. */
const LOOK_AGAIN_MS = [5, 50, 500, 5_000];

/** Notices that the kernel kills processes of a container for want of memory, and records how many. */
@injectable()
export class OomMonitor {
  #counter: OomCounter | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(
    @inject(RECORDS) private readonly records: ContainerRecords,
    @inject(LOCATE_CGROUPS) private readonly locate: LocateCgroups,
    @inject(IO_SERVICES) private readonly services: IoServices,
    @inject(CONTAINER_EVENTS) private readonly events: ContainerEvents,
    @inject(LOGGER) private readonly logger: PluginLogger,
  ) {}

  /** Begins to watch a new container, before its program starts. Returns what is to be recorded of it. */
  begin(pid: number): Pick<RuntimeRecord, 'cgroups' | 'oomBase'> {
    const cgroups = this.locate(pid);
    if (cgroups === undefined) return {};
    this.#open(cgroups);
    const oomBase = this.#counter?.read() ?? 0;
    return { cgroups, ...(oomBase > 0 ? { oomBase } : {}) };
  }

  /** Goes on with a container of an earlier shimd; kills in between are noticed. */
  resume(): void {
    const { cgroups } = this.records.runtime;
    if (cgroups === undefined || this.#counter !== undefined) return;
    this.#open(cgroups);
    this.#look();
  }

  /** Calls `killed` after each kill that is noticed, and soon if there was one. Returns the function that ends that. */
  watch(killed: () => void): () => void {
    this.#watchers.add(killed);
    if ((this.records.runtime.oomKills ?? 0) > 0) killed();
    return () => this.#watchers.delete(killed);
  }

  /** Looks for the last time. The cgroup must still be there, so call it before the runtime deletes the container. */
  close(): void {
    this.#look();
    clearTimeout(this.#timer);
    this.#counter?.close();
    this.#counter = undefined;
  }

  #open(cgroups: NonNullable<RuntimeRecord['cgroups']>): void {
    try {
      this.#counter = openOomCounter(cgroups, this.services.poller, () => this.#lookRepeatedly(LOOK_AGAIN_MS));
    } catch (error) {
      this.logger.warn({ err: error, id: this.records.request.id }, 'OOM kills of the container will not be noticed');
    }
  }

  #lookRepeatedly([next, ...later]: readonly number[]): void {
    clearTimeout(this.#timer);
    if (this.#look() || next === undefined || this.#counter === undefined) return;
    this.#timer = setTimeout(() => this.#lookRepeatedly(later), next);
    this.#timer.unref();
  }

  /** True if there were kills that were not known. */
  #look(): boolean {
    const { oomBase = 0, oomKills: known = 0 } = this.records.runtime;
    const oomKills = (this.#counter?.read() ?? 0) - oomBase;
    if (oomKills <= known) return false;
    const { id } = this.records.request;
    this.logger.warn({ id, oomKills }, 'out of memory: the kernel killed a process of the container');
    // A full disk must not hide it from those who ask.
    this.records.update({ oomKills }).catch((error: unknown) => {
      this.logger.error({ err: error, id }, 'an OOM kill cannot be recorded');
    });
    this.events.emit('oom', { attributes: { kills: oomKills } });
    for (const killed of this.#watchers) killed();
    return true;
  }
}
