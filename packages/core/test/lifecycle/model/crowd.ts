import { answerOf } from './client.js';
import { deedOf } from './deeds.js';
import { Life } from './life.js';
import type { Answer } from './model.js';
import { Turns } from './turns.js';
import { Waiter, type Awaited } from './waiter.js';
import { Witness } from './witness.js';
import { World } from './world.js';

/** What happens in a crowd: a command begins, somebody begins to wait, init ends, shimd dies, every command is answered. */
export type Happening =
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'wait'; readonly until: Awaited }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'death' }
  | { readonly kind: 'calm' };

/** Many clients at once of a shimd that dies; none of them waits for another. */
export class Crowd {
  readonly world: World;
  /** What each command was answered with in the end. */
  readonly answers: { readonly name: string; readonly answer: Answer }[] = [];
  readonly #turns: Turns;
  readonly #witness: Witness;
  #asking = 0;
  #up = false;
  #waitingForLife: (() => void)[] = [];

  constructor(numbers: readonly number[], ignoresTerm: boolean) {
    this.#turns = new Turns(numbers);
    this.world = new World(() => new Life(this.#turns.wait), ignoresTerm);
    this.#witness = new Witness(this.world);
  }

  /** Lets everything happen, in the order of the numbers, until every command has been answered. */
  async run(happenings: readonly Happening[]): Promise<void> {
    const left = [...happenings];
    this.#revive();
    const next = (): (() => Promise<void>) | undefined => {
      const [happening] = left;
      if (happening === undefined || !this.#possible(happening)) return undefined;
      return () => this.#happen(left.shift() as Happening);
    };
    const over = (): boolean => {
      if (this.#up) this.#witness.look();
      return left.length === 0 && this.#asking === 0 && this.#up;
    };
    await this.#turns.until(over, this.world, next);
  }

  /** As {@link World.close}. */
  async close(): Promise<void> {
    let closed = false;
    const closing = this.world.close().finally(() => (closed = true));
    closing.catch(() => undefined);
    await this.#turns.until(
      () => closed,
      this.world,
      () => undefined,
    );
    await closing;
  }

  /** While shimd takes up what it finds it is asked nothing; processes end whenever they like. */
  #possible({ kind }: Happening): boolean {
    if (kind === 'calm') return this.#asking === 0;
    return this.#up || kind === 'exit' || kind === 'death';
  }

  async #happen(happening: Happening): Promise<void> {
    const { world } = this;
    world.told.push(JSON.stringify(happening));
    switch (happening.kind) {
      case 'command':
        return void this.#ask(happening.name);
      case 'wait':
        return void world.waiters.push(new Waiter(world, happening.until));
      case 'exit':
        if (world.init?.status !== 'paused') await world.exitInit(happening.code);
        return;
      case 'death':
        this.#up = false;
        await world.die();
        this.#turns.clear();
        return this.#revive();
      case 'calm':
        return;
    }
  }

  /** Sends a command again until a shimd lives that answers it. */
  async #ask(name: string): Promise<void> {
    this.#asking += 1;
    const { world } = this;
    const { call } = deedOf(name, world.fixture.requestId(), world);
    for (let answer: Answer | undefined; answer === undefined;) {
      const uncoded = (error: Error): Answer => `SHIM_UNCODED: ${error.stack}`;
      answer = await Promise.race([answerOf(world, call).catch(uncoded), world.life.died.then(() => undefined)]);
      if (answer !== undefined) this.answers.push({ name, answer });
      else await new Promise<void>((resolve) => this.#waitingForLife.push(resolve));
    }
    this.#asking -= 1;
  }

  #revive(): void {
    const { world } = this;
    const recovered = world.live();
    const { life } = world;
    void recovered.then(() => {
      if (life.dead) return;
      this.#up = true;
      for (const resolve of this.#waitingForLife.splice(0)) resolve();
    });
  }
}
