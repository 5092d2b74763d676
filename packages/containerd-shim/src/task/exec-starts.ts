import type { ExecRef } from '@holdfast/core';

/** Of those that were never deleted. */
const MOST = 1000;

/** Which call has started an exec: the same one again, after a restart of shimd, is answered as it was; another one is refused. */
export class ExecStarts {
  readonly #calls = new Map<string, string>();

  /** The call that has, if it came to this shimd. */
  callOf(ref: ExecRef): string | undefined {
    return this.#calls.get(keyOf(ref));
  }

  begin(ref: ExecRef, callId: string): void {
    this.#calls.delete(keyOf(ref));
    this.#calls.set(keyOf(ref), callId);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= MOST) break;
      this.#calls.delete(oldest);
    }
  }
}

function keyOf({ namespace, id, execId }: ExecRef): string {
  return `${namespace}/${id}/${execId}`;
}
