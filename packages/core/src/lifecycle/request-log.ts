import { ShimError } from '../plugin/shim-error.js';
import type { RuntimeRecord } from '../state/container-record.js';

const KEPT = 64;

/**
 * Answers of the latest changing calls, by request id: a call that is sent again because its connection broke gets the first
 * one's answer and does nothing twice.
 */
export class RequestLog {
  readonly #answers = new Map<string, Promise<unknown>>();

  once<T>(requestId: string, call: () => Promise<T>): Promise<T> {
    const earlier = this.#answers.get(requestId);
    if (earlier !== undefined) return earlier as Promise<T>;
    const answer = call();
    answer.catch(() => undefined);
    this.#answers.set(requestId, answer);
    if (this.#answers.size > KEPT) this.#answers.delete(this.#answers.keys().next().value as string);
    return answer;
  }
}

/** Throws SHIM_OUTCOME_UNKNOWN if an earlier shimd has begun to send a signal for this request: it must not be sent twice. */
export function refuseBegun(
  { requests }: Pick<RuntimeRecord, 'requests'>,
  requestId: string,
  what: { readonly signal: number; readonly to: string },
): void {
  if (!requests.includes(requestId)) return;
  throw new ShimError('SHIM_OUTCOME_UNKNOWN', `signal ${what.signal} may or may not have been sent to ${what.to}`, {
    where: what.to,
  });
}
