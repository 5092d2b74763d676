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
