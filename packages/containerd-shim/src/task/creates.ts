import type { ContainerRef } from '@holdfast/core';
import { CODE, TtrpcError } from '../ttrpc/codes.js';

interface Create {
  readonly abort: AbortController;
  readonly settled: Promise<unknown>;
}

/** Creates that are under way. A `delete` ends them first: containerd removes the bundle as soon as that has answered. */
export class Creates {
  readonly #running = new Map<string, Set<Create>>();

  /** `create` is to look at the signal before each step that leaves something. */
  run<T>(ref: ContainerRef, create: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const key = keyOf(ref);
    const abort = new AbortController();
    const running = create(abort.signal);
    const one = { abort, settled: running.catch(() => undefined) };
    const creates = this.#running.get(key) ?? new Set<Create>();
    this.#running.set(key, creates.add(one));
    const over = (): void => {
      creates.delete(one);
      if (creates.size === 0) this.#running.delete(key);
    };
    return running.finally(over);
  }

  isRunning(ref: ContainerRef): boolean {
    return this.#running.has(keyOf(ref));
  }

  /** Has them stop before their next step; resolves when nobody is at it any more. What they have made by then is there. */
  async end(ref: ContainerRef): Promise<void> {
    const creates = [...(this.#running.get(keyOf(ref)) ?? [])];
    for (const { abort } of creates) abort.abort(new TtrpcError(CODE.Aborted, `${ref.id} was deleted meanwhile`));
    await Promise.all(creates.map(({ settled }) => settled));
  }
}

function keyOf({ namespace, id }: ContainerRef): string {
  return `${namespace}/${id}`;
}
