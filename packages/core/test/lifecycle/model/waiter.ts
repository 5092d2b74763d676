import type { ExitDocument } from '../../../src/api/documents.js';
import { deferred } from '../../../src/lifecycle/deferred.js';
import { REF } from '../../support/shim-fixture.js';
import type { World } from './world.js';

export type Awaited = 'exit' | 'drained' | 'exec';

/** Somebody who waits for the end of a container or of its session e1, and asks again when shimd has died. */
export class Waiter {
  readonly #answer = deferred<ExitDocument | undefined>();
  #answered = false;

  constructor(
    private readonly world: World,
    private readonly until: Awaited,
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
    const wait = (): Promise<ExitDocument> =>
      this.until === 'exec' ? shim.waitExec({ ...REF, execId: 'e1' }) : shim.wait(REF, this.until);
    void life.run(wait).then(settle, () => settle(undefined));
  }
}
