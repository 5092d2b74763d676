import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type * as jsonFile from '../../src/state/json-file.js';
import { within } from '../../src/logging/deadline.js';
import { lives } from './model/life.js';
import { Model } from './model/model.js';
import { runs } from './model/seed.js';
import { STEPS } from './model/steps.js';
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

async function run(world: World, steps: Promise<void>): Promise<void> {
  try {
    expect(await within(END_MS, steps), 'every command ends').toBe(true);
    await world.close();
  } catch (error) {
    throw new Error([(error as Error).message, ...world.told].join('\n'), { cause: error });
  }
}

test('every command does what the state machine says, once, however often shimd dies of it', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.commands([...STEPS], { maxCommands: 30, size: 'max' }),
      fc.boolean(),
      async (commands, deaf) => {
        const world = new World(undefined, deaf);
        await world.live();
        await run(
          world,
          fc.asyncModelRun(() => ({ model: new Model(deaf), real: world }), commands),
        );
      },
    ),
    runs(40),
  ),
);
