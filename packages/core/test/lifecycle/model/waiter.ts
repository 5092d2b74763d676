import type { ExitDocument } from '../../../src/api/documents.js';
import { deferred } from '../../../src/lifecycle/deferred.js';
import { REF } from '../../support/shim-fixture.js';
import type { World } from './world.js';

/** Somebody who waits for the end of a container, and asks again when shimd has died. */
export class Waiter {
  readonly #answer = deferred<ExitDocument | undefined>();
  #answered = false;

  constructor(
    private readonly world: World,
    private readonly until: 'exit' | 'drained',
  ) {
    this.ask();
  }

  /** Undefined: the container was deleted while nobody could tell. */
  get answer(): Promise<ExitDocument | undefined> {
    return this.#answer.promise;
  }

  /** Asks the shimd that lives. */
  ask(): void {
    if (this.#answered) return;
    const { life, shim } = this.world;
    const settle = (exit: ExitDocument | undefined): void => {
      if (life.dead) return;
      this.#answered = true;
      this.#answer.resolve(exit);
    };
    void life.run(() => shim.wait(REF, this.until)).then(settle, () => settle(undefined));
  }
}
