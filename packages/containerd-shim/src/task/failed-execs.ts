import type { ExecRef, ForwardedStdio } from '@holdfast/core';

/** Of a container that is never deleted. */
const MOST = 1000;

/** An exec that could not be started: for containerd it is still there, created, until it is deleted. */
export interface FailedExec {
  readonly terminal: boolean;
  readonly forward: ForwardedStdio;
}

/** What is kept of them. Calls of `Wait` that came before hear of the failure. */
export class FailedExecs {
  readonly #failed = new Map<string, FailedExec>();
  readonly #waiting = new Map<string, Set<() => void>>();

  add(ref: ExecRef, failed: FailedExec): void {
    const key = keyOf(ref);
    this.#failed.set(key, failed);
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size <= MOST) break;
      this.#failed.delete(oldest);
    }
    for (const tell of this.#waiting.get(key) ?? []) tell();
    this.#waiting.delete(key);
  }

  find(ref: ExecRef): FailedExec | undefined {
    return this.#failed.get(keyOf(ref));
  }

  /** False if there was none. */
  remove(ref: ExecRef): boolean {
    return this.#failed.delete(keyOf(ref));
  }

  /** Calls `tell` once if the exec fails to start. The function returned takes that back. */
  onFailure(ref: ExecRef, tell: () => void): () => void {
    const key = keyOf(ref);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(tell));
    return () => {
      waiting.delete(tell);
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    };
  }
}

function keyOf({ namespace, id, execId }: ExecRef): string {
  return `${namespace}/${id}/${execId}`;
}
