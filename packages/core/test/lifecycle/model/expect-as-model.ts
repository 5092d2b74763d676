import { expect } from 'vitest';
import { REF } from '../../support/shim-fixture.js';
import type { Model } from './model.js';
import type { World } from './world.js';

/** Fails unless the shim shows what the model says. */
export async function expectAsModel(model: Model, world: World): Promise<void> {
  await world.life.quiet();
  const [shown] = await world.shim.list();
  if (model.status === 'none') {
    expect([shown?.status, ...world.leftovers]).toEqual([undefined]);
    return;
  }
  expect(shown).toMatchObject({
    status: model.status,
    exitCode: model.end?.exitCode ?? null,
    signal: model.end?.signal ?? null,
    pid: model.status === 'stopped' ? 0 : world.init?.pid,
  });
  expect(world.execs()).toEqual(Object.fromEntries([...model.execs].map(([id, exec]) => [id, execDocument(exec)])));
  if (model.end === undefined) return;
  await expect(world.life.run(() => world.shim.wait(REF, 'drained'))).resolves.toMatchObject(model.end);
}

function execDocument({ status, end }: { status: string; end?: object }): object {
  return { status, exit: end === undefined ? null : (expect.objectContaining(end) as object) };
}
