import fc from 'fast-check';
import { expect } from 'vitest';
import { restart, send, type Answers, type Trouble } from './client.js';
import { DEED_NAMES, deedOf, likelyDeed } from './deeds.js';
import { expectAsModel } from './expect-as-model.js';
import { exited, type Model } from './model.js';
import { Waiter, type Awaited } from './waiter.js';
import type { World } from './world.js';

const KILL = 9;

type Step = fc.AsyncCommand<Model, World>;

const GATES = fc.nat({ max: 14 });
const TROUBLE: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ death: undefined, again: undefined, twice: false }) },
  {
    weight: 1,
    arbitrary: fc.record({
      death: fc.option(GATES, { nil: undefined }),
      again: fc.option(GATES, { nil: undefined }),
      twice: fc.boolean(),
    }),
  },
);

/** A command, by name or by the chance of a likely one, with what befalls shimd meanwhile. */
class CommandStep implements Step {
  #name = '';

  constructor(
    private readonly wish: string | number,
    private readonly trouble: Trouble,
  ) {}

  check(model: Model): boolean {
    this.#name = typeof this.wish === 'string' ? this.wish : likelyDeed(model, this.wish);
    return true;
  }

  async run(model: Model, world: World): Promise<void> {
    const requestId = world.fixture.requestId();
    world.told.push(`${requestId}: ${this.toString()}`);
    const deed = deedOf(this.#name, requestId, world);
    await world.life.quiet();
    const earlier = world.snapshot();
    const sent = world.fixture.runtime.calls.length;
    const answers = await send(world, deed.call, {
      ...this.trouble,
      twice: this.trouble.twice && deed.anonymous !== true,
    });
    const signals = world.fixture.runtime.calls.slice(sent).filter((call) => call.startsWith('kill'));
    if (this.#name.startsWith('kill ')) expect(signals.length, 'signals of one kill').toBeLessThanOrEqual(1);
    // A signal that a dead shimd may have sent: what became of it is for the world to tell.
    const unknown = answers.after === 'SHIM_OUTCOME_UNKNOWN' && answers.before.length === 0;
    if (unknown && signals.length === 0) return expectAsModel(model, world);
    // It died before the thaw.
    const frozen = unknown && this.#name === 'kill KILL' && world.init?.status === 'paused';
    if (frozen) return model.frozen(KILL);
    const expected = deed.expected(model);
    this.#expect(answers, expected, deed.orAfter);
    await world.life.quiet();
    if (expected !== 'ok' && this.trouble.death === undefined) expect(world.snapshot()).toEqual(earlier);
    await expectAsModel(model, world);
  }

  toString(): string {
    const { death, again, twice } = this.trouble;
    const words = [death === undefined ? '' : `dies at ${death}`, again === undefined ? '' : `and at ${again}`];
    return [this.#name, twice ? '(twice)' : '', ...words].filter((word) => word !== '').join(' ');
  }

  #expect({ before, after }: Answers, expected: string, orAfter: string | undefined): void {
    for (const answer of before) expect(`${this.#name}: ${answer}`).toBe(`${this.#name}: ${expected}`);
    if (after === undefined) return;
    const allowed = expected === 'ok' && orAfter !== undefined ? [expected, orAfter] : [expected];
    expect(allowed, `${this.#name}, asked again`).toContain(after);
  }
}

/** Init ends by itself. */
class ExitStep implements Step {
  constructor(private readonly code: number) {}

  check = (model: Model): boolean => model.status === 'created' || model.status === 'running';

  async run(model: Model, world: World): Promise<void> {
    world.told.push(this.toString());
    await world.exitInit(this.code);
    model.endWith(exited(this.code));
    await expectAsModel(model, world);
  }

  toString = (): string => `init exits with ${this.code}`;
}

class ExecExitStep implements Step {
  constructor(private readonly code: number) {}

  check = (model: Model): boolean => model.execs.get('e1')?.status === 'running';

  async run(model: Model, world: World): Promise<void> {
    world.told.push(this.toString());
    await world.execProcess('e1')?.exit(this.code);
    model.endExec('e1', exited(this.code));
    await expectAsModel(model, world);
  }

  toString = (): string => `e1 exits with ${this.code}`;
}

/** shimd dies; meanwhile init may end. */
class RestartStep implements Step {
  constructor(
    private readonly again: number | undefined,
    private readonly code: number | undefined,
  ) {}

  check = (): boolean => true;

  async run(model: Model, world: World): Promise<void> {
    world.told.push(this.toString());
    const ends = this.code !== undefined && (model.status === 'created' || model.status === 'running');
    await restart(world, this.again, async () => {
      if (ends) await world.exitInit(this.code);
    });
    if (ends) model.endWith(exited(this.code));
    await expectAsModel(model, world);
  }

  toString = (): string => `restart (again ${this.again}, init exits with ${this.code})`;
}

/** Somebody begins to wait. */
class WaitStep implements Step {
  constructor(private readonly until: Awaited) {}

  check = (model: Model): boolean => model.status !== 'none';

  run(_model: Model, world: World): Promise<void> {
    world.waiters.push(new Waiter(world, this.until));
    return Promise.resolve();
  }

  toString = (): string => `wait for ${this.until}`;
}

const CODE = fc.integer({ min: 0, max: 255 });

const WISH = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 999 }).map((number) => number / 1000) },
  { weight: 1, arbitrary: fc.constantFrom(...DEED_NAMES) },
);

export const STEPS: readonly fc.Arbitrary<Step>[] = [
  ...Array.from({ length: 8 }, () => fc.tuple(WISH, TROUBLE).map(([wish, trouble]) => new CommandStep(wish, trouble))),
  CODE.map((code) => new ExitStep(code)),
  CODE.map((code) => new ExecExitStep(code)),
  fc
    .tuple(fc.option(GATES, { nil: undefined }), fc.option(CODE, { nil: undefined }))
    .map(([again, code]) => new RestartStep(again, code)),
  fc.constantFrom<Awaited[]>('exit', 'drained', 'exec').map((until) => new WaitStep(until)),
];
