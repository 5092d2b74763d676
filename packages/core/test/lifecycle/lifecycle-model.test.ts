import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type * as jsonFile from '../../src/state/json-file.js';
import { within } from '../../src/logging/deadline.js';
import { Crowd, type Happening } from './model/crowd.js';
import { DEED_NAMES } from './model/deeds.js';
import { lives } from './model/life.js';
import { Model, type Answer } from './model/model.js';
import { runs } from '../support/seed.js';
import { STEPS } from './model/steps.js';
import type { Awaited } from './model/waiter.js';
import { World } from './model/world.js';

vi.mock('../../src/state/json-file.js', async (original) => {
  const real = await original<typeof jsonFile>();
  const writeJson: typeof real.writeJson = (path, value) => {
    const write = (): Promise<void> => real.writeJson(path, value);
    return lives.getStore()?.cross(`write ${path}`, write) ?? write();
  };
  return { ...real, writeJson };
});

/** Far over what the longest run takes: a command that does not end is found by name. */
const END_MS = 20_000;

async function told(world: World, steps: Promise<void>): Promise<void> {
  try {
    expect(await within(END_MS, steps), 'every command ends').toBe(true);
  } catch (error) {
    throw new Error([(error as Error).message, ...world.told].join('\n'), { cause: error });
  }
}

/** All that a state which another client has brought about can lead to. */
const ALLOWED: readonly Answer[] = [
  'ok',
  'SHIM_ILLEGAL_STATE',
  'SHIM_CONTAINER_NOT_FOUND',
  'SHIM_CONTAINER_EXISTS',
  'SHIM_EXEC_NOT_FOUND',
  'SHIM_EXEC_EXISTS',
  'SHIM_OUTCOME_UNKNOWN',
];

/** No command ends everything too early. */
const LIKELY_NAMES = [...DEED_NAMES, ...DEED_NAMES.filter((name) => /exec|start|pause|resume|create/.test(name))];

test('every command does what the state machine says, once, however often shimd dies of it', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.commands([...STEPS], { maxCommands: 30, size: 'max' }),
      fc.boolean(),
      async (commands, deaf) => {
        const world = new World(undefined, deaf);
        await world.live();
        await told(
          world,
          fc.asyncModelRun(() => ({ model: new Model(deaf), real: world }), commands),
        );
        await told(world, world.close());
      },
    ),
    runs(25),
  ),
);

const CALM = { kind: 'calm' } as const;
const HAPPENING: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...LIKELY_NAMES).map((name) => ({ kind: 'command', name }) as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Awaited[]>('exit', 'drained', 'exec').map((until) => ({ kind: 'wait', until }) as const),
  },
  { weight: 1, arbitrary: fc.nat({ max: 255 }).map((code) => ({ kind: 'exit', code }) as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'death' } as const) },
  { weight: 3, arbitrary: fc.constant(CALM) },
);

test('of many commands at once each is answered, ends are true, and nothing is left', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(HAPPENING, { minLength: 3, maxLength: 24, size: 'max' }),
      fc.array(fc.nat({ max: 999 }), { minLength: 30, maxLength: 60, size: 'max' }),
      fc.boolean(),
      async (happenings, numbers, deaf) => {
        const crowd = new Crowd(numbers, deaf);
        const begin = ['create', 'start', 'exec create e1'].map((name) => ({ kind: 'command', name }) as const);
        await told(crowd.world, crowd.run([...begin.flatMap((command) => [command, CALM]), ...happenings]));
        expect(crowd.answers.filter(({ answer }) => !ALLOWED.includes(answer))).toEqual([]);
        await told(crowd.world, crowd.close());
      },
    ),
    runs(25),
  ),
);
