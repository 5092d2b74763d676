import { deferred } from '../lifecycle/deferred.js';

/** Clients that lost their connection with an earlier shimd can come back once this one serves. Until then nobody's time runs. */
export class Arrivals {
  readonly #open = deferred<void>();

  /** Resolves when they can. */
  get open(): Promise<void> {
    return this.#open.promise;
  }

  allow(): void {
    this.#open.resolve();
  }
}
