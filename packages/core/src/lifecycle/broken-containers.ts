import { lstat, readdir } from 'node:fs/promises';
import type { DependencyContainer } from 'tsyringe';
import type { ContainerDocument, ContainerRef, ContainerStatus } from '../api/documents.js';
import { LAYOUT, SHIM_INFO } from '../di/tokens.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
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
  /** Its records could be read, and it is watched. */
  readonly container?: Container | undefined;
}

/** What has the place of a container and can't be taken up as one. */
export class BrokenContainers {
  readonly #known = new Map<string, Broken>();
  readonly #removals = new Mutex();

  constructor(private readonly root: DependencyContainer) {}

  /** Notes one, unless it is known to be another group's. */
  async add(ref: ContainerRef, error: unknown, container?: Container): Promise<void> {
    const group = await this.#groupOf(ref);
    if (group !== undefined && group !== this.#group) return;
    const own = group !== undefined;
    this.#known.set(keyOf(ref), { ref, error: nameInRemedy(asShimError(error), ref), own, container });
  }

  /** Why it is broken; undefined if it is not known to be. */
  errorOf(ref: ContainerRef): ShimError | undefined {
    return this.#known.get(keyOf(ref))?.error;
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
    return this.#removals.run(async () => {
      const error = this.errorOf(ref) ?? (await this.#foreign(ref));
      if (error === undefined || isWhole()) return false;
      await removeBroken(this.root, ref, { error, container: this.#known.get(keyOf(ref))?.container });
      this.#known.delete(keyOf(ref));
      return true;
    });
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
    const group = await this.#groupOf(ref);
    if (group !== undefined && group !== this.#group) return undefined;
    return new ShimError('SHIM_STATE_CORRUPT', `what is in the place of ${ref.id} is no container of this shim`, {
      where,
    });
  }

  async #groupOf(ref: ContainerRef): Promise<string | undefined> {
    const place = this.#layout.container(ref);
    const found = await lstat(place).catch(() => undefined);
    if (found?.isDirectory() !== true) return undefined;
    return (await ContainerRecords.readRequest(new RecordStore(place), ref).catch(() => undefined))?.group;
  }
}

function keyOf({ namespace, id }: ContainerRef): string {
  return `${namespace}/${id}`;
}
