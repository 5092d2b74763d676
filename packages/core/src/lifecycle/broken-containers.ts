import { lstat, readdir } from 'node:fs/promises';
import type { DependencyContainer } from 'tsyringe';
import type { ContainerDocument, ContainerRef, ContainerStatus } from '../api/documents.js';
import { INHERITED_HOLDS, LAYOUT, SHIM_INFO } from '../di/tokens.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { containerKey } from '../state/container-key.js';
import type { RequestRecord } from '../state/container-record.js';
import { ContainerRecords } from '../state/container-records.js';
import { isIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { nameInRemedy } from '../state/name-in-remedy.js';
import { RecordStore } from '../state/record-store.js';
import type { Container } from './container.js';
import { brokenDocument } from './container-document.js';
import { Mutex } from './mutex.js';
import { removeBroken } from './remove-broken.js';

interface Broken {
  readonly ref: ContainerRef;
  readonly error: ShimError;
  /** False: its state does not tell whose it is. */
  readonly own: boolean;
  /** Undefined: its state does not tell. */
  readonly instance: string | undefined;
  /** Its records could be read, and it is watched. */
  readonly container?: Container | undefined;
}

/** What has the place of a container and can't be taken up as one. */
export class BrokenContainers {
  readonly #known = new Map<string, Broken>();
  readonly #oneByOne = new Mutex();

  /** `whole`: those that are none. */
  constructor(
    private readonly root: DependencyContainer,
    private readonly whole: () => Iterable<Container>,
  ) {}

  /** Notes one, unless it is known to be another group's. */
  async add(ref: ContainerRef, error: unknown, container?: Container): Promise<void> {
    const request = await this.#requestOf(ref);
    if (request !== undefined && request.group !== this.#group) return;
    const named = nameInRemedy(asShimError(error), ref);
    const { instance } = request ?? {};
    this.#known.set(containerKey(ref), { ref, error: named, own: request !== undefined, instance, container });
  }

  /** Why it is broken; undefined if it is not known to be. */
  errorOf(ref: ContainerRef): ShimError | undefined {
    return this.#known.get(containerKey(ref))?.error;
  }

  statuses(): ContainerStatus[] {
    return Array.from(this.#known, () => 'unknown');
  }

  documents(): ContainerDocument[] {
    return [...this.#known.values()].map(({ ref, error, own }) =>
      brokenDocument(ref, error, own ? this.root.resolve(SHIM_INFO) : undefined),
    );
  }

  documentOf({ namespace, id }: ContainerRef): ContainerDocument | undefined {
    return this.documents().find((document) => document.namespace === namespace && document.id === id);
  }

  /**
   * Removes what stands in the place of `ref` by force, known or not; false if there is nothing. `isWhole` tells whether a container
   * of ours is there. One after the other: an id that was freed may be another container's.
   */
  remove(ref: ContainerRef, isWhole: () => boolean): Promise<boolean> {
    return this.#oneByOne.run(async () => {
      const error = this.errorOf(ref) ?? (await this.#foreign(ref));
      if (error === undefined || isWhole()) return false;
      const { container, instance } = this.#known.get(containerKey(ref)) ?? {};
      await removeBroken(this.root, ref, { error, container });
      this.#known.delete(containerKey(ref));
      await this.dropOrphans(instance);
      return true;
    });
  }

  /**
   * Calls `recover` for one whose records could not be read. Not for one whose records could: it is watched, and there must not be a second
   * who reads its output.
   */
  again(ref: ContainerRef, recover: () => Promise<void>): Promise<void> {
    return this.#oneByOne.run(async () => {
      const broken = this.#known.get(containerKey(ref));
      if (broken === undefined || broken.container !== undefined) return;
      await recover();
      // Else it has been noted anew.
      if (this.#known.get(containerKey(ref)) === broken) this.#known.delete(containerKey(ref));
      await this.dropOrphans();
    });
  }

  /**
   * Has the keeper drop what belongs to no container, whole or broken. While there is one of which nobody can tell what is its own, that
   * is what belonged to `removed` alone: the other may be running, and be mended.
   */
  async dropOrphans(removed?: string): Promise<void> {
    const holds = this.root.resolve(INHERITED_HOLDS);
    const broken = [...this.#known.values()].map(({ instance }) => instance);
    const used = new Set([...broken, ...Array.from(this.whole(), ({ records }) => records.request.instance)]);
    if (!used.has(undefined)) await holds.dropAllBut(used as Set<string>);
    else if (removed !== undefined && !used.has(removed)) await holds.drop(removed);
  }

  get #layout(): StateLayout {
    return this.root.resolve(LAYOUT);
  }

  get #group(): string {
    return this.root.resolve(SHIM_INFO).group;
  }

  /** What came there behind our back and is not another group's. An empty directory keeps no id. */
  async #foreign(ref: ContainerRef): Promise<ShimError | undefined> {
    if (!isIdentifier(ref.namespace) || !isIdentifier(ref.id)) return undefined;
    const where = this.#layout.container(ref);
    const found = await lstat(where).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.isDirectory() && (await readdir(where)).length === 0) return undefined;
    const request = await this.#requestOf(ref);
    if (request !== undefined && request.group !== this.#group) return undefined;
    return new ShimError('SHIM_STATE_CORRUPT', `what is in the place of ${ref.id} is no container of this shim`, {
      where,
    });
  }

  async #requestOf(ref: ContainerRef): Promise<RequestRecord | undefined> {
    const place = this.#layout.container(ref);
    const found = await lstat(place).catch(() => undefined);
    if (found?.isDirectory() !== true) return undefined;
    return ContainerRecords.readRequest(new RecordStore(place), ref).catch(() => undefined);
  }
}
