import type { DependencyContainer } from 'tsyringe';
import type { ContainerRef } from '../api/documents.js';
import { LAYOUT, LOGGER, REAPER, SHIM_INFO } from '../di/tokens.js';
import { backfill } from '../events/backfill.js';
import { EventHistory } from '../events/event-history.js';
import { within } from '../logging/deadline.js';
import type { DriverUse } from '../logging/log-factory.js';
import { ShimError } from '../plugin/shim-error.js';
import { containerKey } from '../state/container-key.js';
import { ContainerRecords } from '../state/container-records.js';
import { RecordStore } from '../state/record-store.js';
import type { Container } from './container.js';
import { openContainer } from './container-scope.js';
import { driversAfterRestart } from './crash-count.js';
import { recoverContainer, SETTLE_MS } from './recover-container.js';

/** What becomes of a container that an earlier shimd left. */
export interface RecoveryEnds {
  keep(container: Container): void;
  /** Its create was not finished. */
  abandon(container: Container, error: ShimError): Promise<void>;
  /** It was being deleted. */
  remove(container: Container): Promise<void>;
  /** It can't be taken up; without `container`, its records can't even be read. */
  broken(ref: ContainerRef, error: unknown, container?: Container): Promise<void>;
}

/** A create that the runtime was still at when shimd was killed, and is still at. */
interface Unsettled {
  readonly container: Container;
  readonly done: Promise<void>;
}

/** Takes up the containers that an earlier shimd of the group left; one that can't be read does not keep the others from it. */
export class Recovery {
  readonly #unsettled = new Map<string, Unsettled>();

  constructor(
    private readonly root: DependencyContainer,
    private readonly ends: RecoveryEnds,
  ) {}

  /** True if there is none of which it is not known yet what becomes of it. */
  get empty(): boolean {
    return this.#unsettled.size === 0;
  }

  /** Those of which it is not known yet what becomes of them. */
  get containers(): Container[] {
    return Array.from(this.#unsettled.values(), ({ container }) => container);
  }

  /** Of the container of that name, if it is one of {@link containers}: who asked for it, and when it is known. */
  unsettled(ref: ContainerRef): { readonly requestId: string; readonly done: Promise<void> } | undefined {
    const found = this.#unsettled.get(containerKey(ref));
    return found && { requestId: found.container.records.request.requestId, done: found.done };
  }

  /** Resolves when it is known what becomes of each, but for those with which the runtime does not come to an end. */
  async recover(refs: readonly ContainerRef[]): Promise<void> {
    const release = this.root.resolve(REAPER).hold();
    try {
      const history = await EventHistory.read(this.root.resolve(LAYOUT).groupEvents(this.#group));
      await Promise.all(refs.map((ref) => this.#recover(ref, history)));
    } finally {
      release();
    }
  }

  get #group(): string {
    return this.root.resolve(SHIM_INFO).group;
  }

  async #recover(ref: ContainerRef, history: EventHistory): Promise<void> {
    let container: Container | undefined;
    try {
      const records = await ContainerRecords.load(new RecordStore(this.root.resolve(LAYOUT).container(ref)), ref);
      if (records === undefined || records.request.group !== this.#group) return;
      container = await openContainer(this.root, records, await this.#driversFor(records));
      backfill(container.events, records, history);
    } catch (error) {
      return this.#giveUp(ref, error, container);
    }
    const done = this.#takeUp(container);
    const isCreating = container.records.exit === undefined && container.records.runtime.phase === 'creating';
    if (!isCreating || (await within(SETTLE_MS, done))) return done;
    this.#letSettle(container, done);
  }

  async #takeUp(container: Container): Promise<void> {
    const { request } = container.records;
    try {
      const recovered = await container.events.hold(() => recoverContainer(container, this.root.resolve(REAPER)));
      if (recovered === 'kept') this.ends.keep(container);
      else if (recovered === 'delete') await this.ends.remove(container);
      else await this.ends.abandon(container, interrupted(request));
    } catch (error) {
      await this.#giveUp(request, error, container);
    }
  }

  /** The others do not wait. */
  #letSettle(container: Container, done: Promise<void>): void {
    const { request } = container.records;
    const key = containerKey(request);
    // The exit of an init that is found late must not be forgotten before.
    const release = this.root.resolve(REAPER).hold();
    this.root.resolve(LOGGER).warn({ id: request.id }, 'the runtime is still making it: the others do not wait');
    this.#unsettled.set(key, { container, done });
    void done.finally(() => {
      release();
      this.#unsettled.delete(key);
    });
  }

  async #giveUp({ namespace, id }: ContainerRef, error: unknown, container?: Container): Promise<void> {
    this.root.resolve(LOGGER).error({ err: error, namespace, id }, 'container cannot be recovered');
    await this.ends.broken({ namespace, id }, error, container);
  }

  /** A shimd that left for this one did not die. */
  #driversFor(records: ContainerRecords): Promise<DriverUse> | DriverUse {
    return this.root.resolve(SHIM_INFO).handedOver === true ? 'present' : driversAfterRestart(records);
  }
}

function interrupted({ id }: ContainerRef): ShimError {
  return new ShimError('SHIM_OUTCOME_UNKNOWN', `${id} was not finished: shimd was killed meanwhile`, { where: id });
}
