import { rm } from 'node:fs/promises';
import { inject, injectable, type DependencyContainer } from 'tsyringe';
import type { ContainerDocument, ContainerRef, ContainerStatus, CreateContainerRequest } from '../api/documents.js';
import { givenBundle } from '../bundle/given-bundle.js';
import { readBundle } from '../bundle/read-bundle.js';
import { CLOCK, FILE_LANES, IO_SERVICES, LAYOUT, LOGGER, REAPER, ROOT_CONTAINER, SHIM_INFO } from '../di/tokens.js';
import { faultPoint } from '../faults/fault-point.js';
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
import { containerKey } from '../state/container-key.js';
import { checkIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { nameInRemedy } from '../state/name-in-remedy.js';
import { RecordStore } from '../state/record-store.js';
import { checkForward } from '../stdio/forward/check-forward.js';
import { BrokenContainers } from './broken-containers.js';
import type { Container } from './container.js';
import { containerDocument } from './container-document.js';
import { openContainer } from './container-scope.js';
import { OpenDeaths } from './crash-count.js';
import { Forgetting } from './forget-container.js';
import type { Making } from './making.js';
import { Recovery } from './recovery.js';
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
  readonly #recovery: Recovery;
  readonly #creating = new Map<string, { requestId: string; done: Promise<Container> }>();

  constructor(
    @inject(ROOT_CONTAINER) private readonly root: DependencyContainer,
    @inject(LAYOUT) private readonly layout: StateLayout,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: PluginLogger,
  ) {
    this.#recovery = new Recovery(root, {
      keep: (container) => this.#keep(container, true),
      abandon: (container, error) => this.#abandonFound(container, error),
      remove: (container) => this.#removeFound(container),
      broken: (ref, error, container) => this.#addBroken(ref, error, container),
    });
    this.#broken = new BrokenContainers(root, () => [...this.#containers.values(), ...this.#recovery.containers]);
    const gone = (ref: ContainerRef): void => {
      this.#containers.delete(containerKey(ref));
      this.onChange();
    };
    this.#forgetting = new Forgetting({ layout, logger, lanes: root.resolve(FILE_LANES), gone });
  }

  /** True if there is nothing to stay for. */
  get empty(): boolean {
    const isNoneMade = this.#creating.size === 0 && this.#recovery.empty;
    return this.#containers.size === 0 && isNoneMade && this.#forgetting.empty;
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
    const container = this.#containers.get(containerKey(ref));
    if (container !== undefined) return container;
    const broken = this.#broken.errorOf(ref);
    if (broken !== undefined) throw broken;
    throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `no container ${JSON.stringify(ref.id)}`, {
      where: `namespace ${ref.namespace}`,
    });
  }

  /** The same request again gets the first one's container. */
  async create(request: CreateContainerRequest, making: Making = {}): Promise<Container> {
    checkIdentifier(request.namespace, 'namespace');
    checkIdentifier(request.id, 'container id');
    await this.#forgetting.settled(request);
    const key = containerKey(request);
    await this.#madeBefore(request);
    const creating = this.#creating.get(key);
    if (creating?.requestId === request.requestId) return creating.done;
    const existing = this.#containers.get(key);
    if (existing?.records.request.requestId === request.requestId) {
      await writePidFileOf(request, existing);
      return existing;
    }
    const broken = this.#broken.errorOf(request);
    if (creating !== undefined || existing !== undefined || broken !== undefined) throw inUse(request, broken);
    const done = this.#create(request, making).finally(() => this.#creating.delete(key));
    this.#creating.set(key, { requestId: request.requestId, done });
    this.onChange();
    try {
      return await done;
    } finally {
      this.onChange();
    }
  }

  /** A shimd that was killed had begun to make it: the same request waits for what becomes of that, any other one is refused. */
  async #madeBefore(request: CreateContainerRequest): Promise<void> {
    const unsettled = this.#recovery.unsettled(request);
    if (unsettled === undefined) return;
    if (unsettled.requestId !== request.requestId) throw inUse(request, undefined);
    await unsettled.done;
  }

  async remove(ref: ContainerRef, force: boolean): Promise<void> {
    const key = containerKey(ref);
    const isMade = (): boolean => this.#creating.has(key) || this.#recovery.unsettled(ref) !== undefined;
    const isWhole = (): boolean => this.#containers.has(key) || isMade();
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
      await this.#recovery.recover(await listContainerDirectories(this.layout));
      await this.#broken.dropOrphans();
    } finally {
      release();
      this.root.resolve(IO_SERVICES).arrivals?.allow();
    }
  }

  /** Looks again at one whose records could not be read: somebody may have mended them. Of another one it tells what is known. */
  async recoverAgain(ref: ContainerRef): Promise<ContainerDocument> {
    await this.#broken.again(ref, () => this.#recovery.recover([ref]));
    return this.inspect(ref);
  }

  /** Another shimd takes over. */
  async leave(): Promise<void> {
    await Promise.allSettled([...this.#containers.values()].map((container) => container.leave()));
  }

  async #create(request: CreateContainerRequest, making: Making): Promise<Container> {
    const crashes = this.#openDeaths.count(request);
    const { given } = making;
    const bundle = given === undefined ? await readBundle(request.bundle) : givenBundle(request.bundle, given);
    await checkPidFile(request.pidFile);
    checkForward(request.forward);
    const directory = this.layout.container(request);
    const place = { directory, group: this.info.group, now: this.clock.now(), making };
    const record = requestRecord(request, bundle, place);
    const { root } = this.layout;
    await makeContainerDirectory(this.layout, request, (draft) => writeNewContainer(draft, record, { bundle, root }));
    faultPoint('intent-recorded');
    const runtime = crashes === undefined ? NEW_RUNTIME_RECORD : { ...NEW_RUNTIME_RECORD, crashes };
    const records = new ContainerRecords(new RecordStore(directory), record, runtime, undefined);
    const container = await this.#open(records);
    try {
      await container.create(making);
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
    this.#containers.set(containerKey(container.records.request), container);
    if (container.records.request.autoRemove) void this.#removeWhenDrained(container, recovered);
    this.onChange();
  }

  async #removeWhenDrained(container: Container, recovered: boolean): Promise<void> {
    const waited = recovered && container.records.runtime.primaryAttached;
    await container.drained;
    if (waited) await container.hub.primaryArrival(CLIENT_GRACE_MS);
    try {
      if (this.#containers.get(containerKey(container.records.request)) === container)
        await this.remove(container.records.request, false);
    } catch (error) {
      this.logger.error({ err: error, id: container.id }, 'removing an ended container failed');
    }
  }

  async #abandonFound(container: Container, error: ShimError): Promise<void> {
    // What the killed shimd had opened can be taken back by who has it open alone.
    await container.logs.openOrLater();
    this.#openDeaths.remember(container.records);
    await this.#abandon(container, error);
    this.onChange();
  }

  async #removeFound(container: Container): Promise<void> {
    const { request } = container.records;
    this.#containers.set(containerKey(request), container);
    await container.delete(true);
    await this.#forgetting.forget(container, removeLogs).catch((late: unknown) => {
      this.logger.error({ err: late, id: request.id }, 'a container that was being deleted is not gone yet');
    });
  }

  #addBroken(ref: ContainerRef, error: unknown, container?: Container): Promise<void> {
    this.#containers.delete(containerKey(ref));
    return this.#broken.add(ref, error, container);
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
