import type { ContainerRef, EventDocument } from '@holdfast/core';

/** Of those whose ids are never used again. */
const MOST = 1000;

/**
 * Tasks that were here and were deleted. A containerd that was killed before it had removed the bundle looks for them when it is started again, and takes
 * an answer for a sign of life: their ids could never be used again.
 */
export class GoneTasks {
  readonly #gone = new Set<string>();

  /** Told of everything that happens. */
  see({ type, namespace, id }: Pick<EventDocument, 'type' | 'namespace' | 'id'>): void {
    if (type === 'create') this.#gone.delete(`${namespace}/${id}`);
    if (type !== 'delete') return;
    this.#gone.add(`${namespace}/${id}`);
    for (const oldest of this.#gone) {
      if (this.#gone.size <= MOST) break;
      this.#gone.delete(oldest);
    }
  }

  has({ namespace, id }: ContainerRef): boolean {
    return this.#gone.has(`${namespace}/${id}`);
  }
}
