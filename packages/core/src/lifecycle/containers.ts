import { rm } from 'node:fs/promises';
import { inject, injectable, type DependencyContainer } from 'tsyringe';
import type {
  ContainerDocument,
  ContainerRef,
  ContainerStatus,
  CreateContainerRequest,
  Handed,
} from '../api/documents.js';
import { readBundle } from '../bundle/read-bundle.js';
import { CLOCK, FILE_LANES, IO_SERVICES, LAYOUT, LOGGER, REAPER, ROOT_CONTAINER, SHIM_INFO } from '../di/tokens.js';
import { backfill } from '../events/backfill.js';
import { EventHistory } from '../events/event-history.js';
import { faultPoint } from '../faults/fault-point.js';
import type { DriverUse } from '../logging/log-factory.js';
import { removeEmptyLogs, removeLogs } from '../logging/log-directory.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { removeContainerCgroups } from '../placement/container-cgroups.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import type { Reaper } from '../reaper/reaper.js';
import {
  listContainerDirectories,
  makeContainerDirectory,
  removeContainerDirectory,
} from '../state/container-directory.js';
import { ContainerRecords, NEW_RUNTIME_RECORD } from '../state/container-records.js';
import { checkIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { nameInRemedy } from '../state/name-in-remedy.js';
import { RecordStore } from '../state/record-store.js';
import { checkForward } from '../stdio/forward/check-forward.js';
import { BrokenContainers } from './broken-containers.js';
import type { Container } from './container.js';
import { containerDocument } from './container-document.js';
import { openContainer } from './container-scope.js';
import { driversAfterRestart, OpenDeaths } from './crash-count.js';
import { Forgetting, keyOf } from './forget-container.js';
import { recoverContainer } from './recover-container.js';
import { requestRecord, writeNewContainer } from './request-record.js';
import type { Clock, ShimInfo } from './shim-info.js';
import { checkPidFile, writePidFile } from './write-pid-file.js';

/** How long the foreground client of a container that removes itself gets to come back after a restart. */
const CLIENT_GRACE_MS = 3_000;

/** The containers of this shimd's group. */
@injectable()
export class Containers {
  /** Called when one comes or goes. */
  onChange: () => void = () => undefined;
  readonly #containers = new Map<string, Container>();
  readonly #broken: BrokenContainers;
  readonly #openDeaths = new OpenDeaths();
  readonly #forgetting: Forgetting;
  readonly #creating = new Map<string, { requestId: string; done: Promise<Container> }>();

  constructor(
    @inject(ROOT_CONTAINER) private readonly root: DependencyContainer,
    @inject(LAYOUT) private readonly layout: StateLayout,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: PluginLogger,
  ) {
    this.#broken = new BrokenContainers(root, () => this.#containers.values());
    const gone = (ref: ContainerRef): void => {
      this.#containers.delete(keyOf(ref));
      this.onChange();
    };
    this.#forgetting = new Forgetting({ layout, logger, lanes: root.resolve(FILE_LANES), gone });
  }

  /** True if there is nothing to stay for. */
  get empty(): boolean {
    return this.#containers.size === 0 && this.#creating.size === 0 && this.#forgetting.empty;
  }

  /** Those that have not ended, or whose output is not all logged yet. */
  get living(): Container[] {
    return [...this.#containers.values()].filter(({ records }) => records.exit?.drained !== true);
  }

  /** Of all there are. */
  statuses(): ContainerStatus[] {
    return [...[...this.#containers.values()].map(({ status }) => status), ...this.#broken.statuses()];
  }

  list(): ContainerDocument[] {
    const whole = [...this.#containers.values()].map((container) => containerDocument(container, this.info));
    return [...whole, ...this.#broken.documents()];
  }

  inspect(ref: ContainerRef): ContainerDocument {
    return this.#broken.documentOf(ref) ?? containerDocument(this.get(ref), this.info);
  }

  /** Throws SHIM_CONTAINER_NOT_FOUND, or the error that its records raised. */
  get(ref: ContainerRef): Container {
    const container = this.#containers.get(keyOf(ref));
    if (container !== undefined) return container;
    const broken = this.#broken.errorOf(ref);
    if (broken !== undefined) throw broken;
    throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `no container ${JSON.stringify(ref.id)}`, {
      where: `namespace ${ref.namespace}`,
    });
  }

  /** The same request again gets the first one's container. */
  async create(request: CreateContainerRequest, handed: Handed = {}): Promise<Container> {
    checkIdentifier(request.namespace, 'namespace');
    checkIdentifier(request.id, 'container id');
    await this.#forgetting.settled(request);
    const key = keyOf(request);
    const creating = this.#creating.get(key);
    if (creating?.requestId === request.requestId) return creating.done;
    const existing = this.#containers.get(key);
    if (existing?.records.request.requestId === request.requestId) {
      await writePidFileOf(request, existing);
      return existing;
    }
    const broken = this.#broken.errorOf(request);
    if (creating !== undefined || existing !== undefined || broken !== undefined) throw inUse(request, broken);
    const done = this.#create(request, handed).finally(() => this.#creating.delete(key));
    this.#creating.set(key, { requestId: request.requestId, done });
    this.onChange();
    try {
      return await done;
    } finally {
      this.onChange();
    }
  }

  async remove(ref: ContainerRef, force: boolean): Promise<void> {
    const isWhole = (): boolean => this.#containers.has(keyOf(ref)) || this.#creating.has(keyOf(ref));
    if (force && !isWhole() && (await this.#broken.remove(ref, isWhole))) return;
    const container = this.get(ref);
    const underWay = this.#forgetting.underWay(ref);
    if (underWay !== undefined) return underWay;
    await container.delete(force);
    await this.#forgetting.forget(container, removeLogs);
  }

  /** Takes up what an earlier shimd of the group left; one that can't be read does not keep the others from it. */
  async recover(): Promise<void> {
    // From the first moment: an exit that comes before its container is read is nobody's, and would be forgotten.
    const release = this.reaper.hold();
    try {
      // What killed runtime commands left.
      await rm(this.layout.groupScratch(this.info.group), { recursive: true, force: true });
      await this.#recoverAll(await listContainerDirectories(this.layout));
      await this.#broken.dropOrphans();
    } finally {
      release();
      this.root.resolve(IO_SERVICES).arrivals?.allow();
    }
  }

  /** Looks again at one whose records could not be read: somebody may have mended them. Of another one it tells what is known. */
  async recoverAgain(ref: ContainerRef): Promise<ContainerDocument> {
    await this.#broken.again(ref, () => this.#recoverAll([ref]));
    return this.inspect(ref);
  }

  /** Another shimd takes over. */
  async leave(): Promise<void> {
    await Promise.allSettled([...this.#containers.values()].map((container) => container.leave()));
  }

  async #create(request: CreateContainerRequest, handed: Handed): Promise<Container> {
    const crashes = this.#openDeaths.count(request);
    const bundle = await readBundle(request.bundle);
    await checkPidFile(request.pidFile);
    checkForward(request.forward);
    const directory = this.layout.container(request);
    const place = { directory, group: this.info.group, now: this.clock.now(), handed };
    const record = requestRecord(request, bundle, place);
    const { root } = this.layout;
    await makeContainerDirectory(this.layout, request, (draft) => writeNewContainer(draft, record, { bundle, root }));
    faultPoint('intent-recorded');
    const runtime = crashes === undefined ? NEW_RUNTIME_RECORD : { ...NEW_RUNTIME_RECORD, crashes };
    const records = new ContainerRecords(new RecordStore(directory), record, runtime, undefined);
    const container = await this.#open(records);
    try {
      await container.create(handed);
      await writePidFileOf(request, container);
    } catch (error) {
      await this.#abandon(container, asShimError(error));
      throw error;
    }
    this.#keep(container, false);
    return container;
  }

  async #open(records: ContainerRecords): Promise<Container> {
    try {
      return await openContainer(this.root, records);
    } catch (error) {
      await removeContainerDirectory(this.layout, records.request);
      throw error;
    }
  }

  async #abandon(container: Container, error: ShimError): Promise<void> {
    await container.abandon(error);
    removeContainerCgroups(container.records.request, this.layout.root);
    // What it failed of is what the caller has to hear.
    await this.#forgetting.forget(container, removeEmptyLogs).catch((late: unknown) => {
      this.logger.error({ err: late, id: container.id }, 'a container that could not be made is not gone yet');
    });
  }

  #keep(container: Container, recovered: boolean): void {
    this.#containers.set(keyOf(container.records.request), container);
    if (container.records.request.autoRemove) void this.#removeWhenDrained(container, recovered);
    this.onChange();
  }

  async #removeWhenDrained(container: Container, recovered: boolean): Promise<void> {
    const waited = recovered && container.records.runtime.primaryAttached;
    await container.drained;
    if (waited) await container.hub.primaryArrival(CLIENT_GRACE_MS);
    try {
      if (this.#containers.get(keyOf(container.records.request)) === container)
        await this.remove(container.records.request, false);
    } catch (error) {
      this.logger.error({ err: error, id: container.id }, 'removing an ended container failed');
    }
  }

  /** A shimd that left for this one did not die. */
  #driversFor(records: ContainerRecords): Promise<DriverUse> | DriverUse {
    return this.info.handedOver === true ? 'present' : driversAfterRestart(records);
  }

  async #recoverAll(refs: readonly ContainerRef[]): Promise<void> {
    const release = this.reaper.hold();
    try {
      const history = await EventHistory.read(this.layout.groupEvents(this.info.group));
      await Promise.all(refs.map((ref) => this.#recover(ref, history)));
    } finally {
      release();
    }
  }

  async #recover(ref: ContainerRef, history: EventHistory): Promise<void> {
    let container: Container | undefined;
    try {
      const records = await ContainerRecords.load(new RecordStore(this.layout.container(ref)), ref);
      if (records === undefined || records.request.group !== this.info.group) return;
      container = await openContainer(this.root, records, await this.#driversFor(records));
      backfill(container.events, records, history);
      const found = container;
      const recovered = await found.events.hold(() => recoverContainer(found, this.reaper));
      if (recovered === 'kept') return this.#keep(container, true);
      if (recovered === 'abandon') {
        // What the killed shimd had opened can be taken back by who has it open alone.
        await container.logs.openOrLater();
        this.#openDeaths.remember(records);
        return await this.#abandon(container, interrupted(ref));
      }
      this.#containers.set(keyOf(ref), container);
      await container.delete(true);
      await this.#forgetting.forget(container, removeLogs).catch((late: unknown) => {
        this.logger.error({ err: late, ...ref }, 'a container that was being deleted is not gone yet');
      });
    } catch (error) {
      this.#containers.delete(keyOf(ref));
      this.logger.error({ err: error, ...ref }, 'container cannot be recovered');
      await this.#broken.add(ref, error, container);
    }
  }
}

function inUse(ref: ContainerRef, broken: ShimError | undefined): ShimError {
  const error = new ShimError('SHIM_CONTAINER_EXISTS', `the id ${ref.id} is in use`, {
    where: `namespace ${ref.namespace}`,
    ...(broken !== undefined && {
      remedy: 'Its state is broken: remove what is left with `shimctl delete --force ID`.',
      cause: broken,
    }),
  });
  return nameInRemedy(error, ref);
}

/** Again for a retry: a shimd may have been killed before it came to it. */
async function writePidFileOf({ pidFile }: CreateContainerRequest, { records }: Container): Promise<void> {
  if (pidFile !== undefined) await writePidFile(pidFile, records.runtime.pid);
}

function interrupted(ref: ContainerRef): ShimError {
  return new ShimError('SHIM_OUTCOME_UNKNOWN', `${ref.id} was not finished: shimd was killed meanwhile`, {
    where: ref.id,
  });
}
