import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { ContainerDocument, ContainerRef } from '../api/documents.js';
import { listGroups } from '../events/group-directory.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { StateLayout } from '../state/layout.js';
import { readMetrics, type MetricsReport } from './group-metrics.js';
import { hurry } from './hurry.js';
import { HttpShimClient } from './http-client.js';
import { locateContainers, locateGroup, type LocatedContainer } from './locate.js';
import { groupEndpoint, listens } from './reach.js';
import { recover, type RecoverOptions, type RecoverReport } from './recover.js';
import type { CommandLine } from './start-keeper.js';
import { upgradeGroup, type UpgradedGroup, type UpgradeOptions } from './upgrade.js';
import { unreachableContainer } from './unreachable.js';

export interface ShimsOptions {
  /** The root directory. */
  readonly root: string;
  /** The shimd of a group. */
  readonly shimdCommand: (group: string) => CommandLine;
  /** As for {@link startKeeper}. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keeper?: string;
  readonly patienceMs?: number;
  /** What kind of launchers a group's shim serves; none if undefined. */
  readonly launchKind?: (group: string) => string | undefined;
}

/** Keepers that are started at once by a list: each costs a start of Node. */
const LIST_CONCURRENCY = 4;

/** The groups below one root directory. */
export class Shims {
  readonly layout: StateLayout;
  readonly #clients = new Set<HttpShimClient>();

  constructor(private readonly options: ShimsOptions) {
    this.layout = new StateLayout(resolve(options.root));
  }

  /** The client of a group, whose keeper it starts when a call finds nobody. Throws SHIM_ROOT_TOO_LONG. */
  forGroup(group: string): HttpShimClient {
    return this.#client(group, undefined);
  }

  /** The client of a group that runs: a call that finds nobody rejects with SHIM_NOT_RUNNING. Throws SHIM_ROOT_TOO_LONG. */
  forRunning(group: string): HttpShimClient {
    return this.#client(group, () => {
      const message = `no shim of the group ${group} runs below ${this.layout.root}`;
      throw new ShimError('SHIM_NOT_RUNNING', message, { where: group });
    });
  }

  /**
   * The client of the group that serves a container. It starts no keeper for a container that has gone meanwhile. Throws
   * SHIM_CONTAINER_NOT_FOUND, and what {@link locateGroup} throws.
   */
  forContainer(ref: ContainerRef): HttpShimClient {
    return this.#client(locateGroup(this.layout, ref), () => void locateGroup(this.layout, ref));
  }

  /**
   * The containers of a namespace (of all if left out), of every group that has any. One whose state or shim is broken is
   * listed as `unknown`, with the error.
   */
  async list(namespace?: string): Promise<ContainerDocument[]> {
    const located = locateContainers(this.layout, namespace);
    const queue = [...groupBy(located)];
    const documents: ContainerDocument[] = [];
    const work = async (): Promise<void> => {
      for (let next; (next = queue.shift()) !== undefined;) documents.push(...(await this.#listGroup(...next)));
    };
    await Promise.all(Array.from({ length: LIST_CONCURRENCY }, work));
    return withoutDoubles(documents)
      .filter((document) => namespace === undefined || document.namespace === namespace)
      .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.id, b.id));
  }

  /** Brings the shims of containers back: see {@link recover}. */
  recover(options: RecoverOptions): Promise<RecoverReport> {
    const { layout } = this;
    const serves = (group: string): Promise<boolean> => listens(layout.apiSocket(group));
    const list = (group: string): Promise<ContainerDocument[]> => this.forGroup(group).list();
    const tryAtOnce = (group: string): Promise<void> => hurry(layout, group, this.options.patienceMs);
    const again = (group: string, ref: ContainerRef): Promise<ContainerDocument> =>
      this.forGroup(group).recover(ref, { requestId: randomUUID() });
    return recover({ layout, serves, list, again, hurry: tryAtOnce }, locateContainers(layout), options);
  }

  /** Replaces the shims of groups that run, one after the other. Throws SHIM_STATE_INSECURE, SHIM_ROOT_TOO_LONG. */
  async upgrade({ groups, version, force }: UpgradeOptions): Promise<UpgradedGroup[]> {
    const { environment, shimdCommand } = this.options;
    const upgraded: UpgradedGroup[] = [];
    for (const group of groups ?? (await this.#runningGroups())) {
      const service = this.forRunning(group);
      upgraded.push(await upgradeGroup({ group, version, force, service, environment, shimd: shimdCommand(group) }));
    }
    return upgraded;
  }

  /**
   * The metrics of groups: those named, or all that run or have containers. Starts nothing: one that does not run is told as down.
   * Throws SHIM_STATE_INSECURE.
   */
  async metrics(groups?: readonly string[]): Promise<MetricsReport> {
    return readMetrics(groups ?? (await this.#expectedGroups()), async (group) => this.forRunning(group).metrics());
  }

  async #expectedGroups(): Promise<string[]> {
    const served = locateContainers(this.layout, undefined).flatMap(({ group }) => group ?? []);
    return [...new Set([...(await this.#runningGroups()), ...served])].sort(compare);
  }

  async #runningGroups(): Promise<string[]> {
    const groups = listGroups(this.layout);
    const running = await Promise.all(groups.map((group) => listens(this.layout.apiSocket(group))));
    return groups.filter((_group, index) => running[index]);
  }

  /** Closes what the clients keep open. */
  close(): void {
    for (const client of this.#clients) client.close();
    this.#clients.clear();
  }

  async #listGroup(group: string | undefined, located: readonly LocatedContainer[]): Promise<ContainerDocument[]> {
    if (group === undefined) return located.map((one) => unreachableContainer(this.layout, one, unreadable(one)));
    try {
      return await this.forGroup(group).list();
    } catch (error) {
      const shown = asShimError(error);
      return located.map((one) => unreachableContainer(this.layout, one, shown));
    }
  }

  #client(group: string, beforeStart: (() => void) | undefined): HttpShimClient {
    const { environment, keeper, patienceMs, shimdCommand, launchKind } = this.options;
    const kind = launchKind?.(group);
    const endpoint = groupEndpoint({
      layout: this.layout,
      group,
      shimd: shimdCommand(group),
      environment,
      ...(kind === undefined ? {} : { launchSocket: this.layout.launchSocket(kind) }),
      ...(keeper === undefined ? {} : { keeper }),
      ...(patienceMs === undefined ? {} : { patienceMs }),
      ...(beforeStart === undefined ? {} : { beforeStart }),
    });
    const client = new HttpShimClient(endpoint);
    this.#clients.add(client);
    return client;
  }
}

function groupBy(located: readonly LocatedContainer[]): Map<string | undefined, LocatedContainer[]> {
  const groups = new Map<string | undefined, LocatedContainer[]>();
  for (const one of located) {
    const group = groups.get(one.group);
    if (group === undefined) groups.set(one.group, [one]);
    else group.push(one);
  }
  return groups;
}

/** A shim knows more about a container whose state can't be read than the state directory does. */
function withoutDoubles(documents: readonly ContainerDocument[]): ContainerDocument[] {
  const known = new Map<string, ContainerDocument>();
  for (const document of documents) {
    const key = `${document.namespace}/${document.id}`;
    if (known.get(key) === undefined || document.shim.group !== '') known.set(key, document);
  }
  return [...known.values()];
}

function unreadable(located: LocatedContainer): ShimError {
  return located.error ?? new ShimError('SHIM_STATE_CORRUPT', "the container's state names no group");
}

/** By code unit, the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
