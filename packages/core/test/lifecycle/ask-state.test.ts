import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ShimError, type ErrorCode } from '../../src/plugin/index.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

/** A container whose shimd was killed in that phase, and whose runtime fails so often to tell its state. */
async function recovered(phase: string, failures: number, code: ErrorCode = 'SHIM_RUNTIME_FAILED'): Promise<unknown> {
  const fixture = new ShimFixture();
  await fixture.compose().shim.create(fixture.request());
  const file = join(fixture.layout.container(REF), 'runtime.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), phase }));
  let left = failures;
  fixture.runtime.before = (call) => {
    if (call.startsWith('state') && left-- > 0) throw new ShimError(code, 'killed');
  };
  const { shim, containers } = fixture.compose();
  await containers.recover();
  const statuses = (await shim.list()).map(({ status }) => status);
  return { statuses, asked: failures - left };
}

test.each([
  ['starting', 'running'],
  ['creating', 'created'],
  ['pausing', 'running'],
] as const)('phase %s is carried through when the runtime tells at the third time', async (phase, status) => {
  expect(await recovered(phase, 2)).toMatchObject({ statuses: [status] });
});

test('a runtime that never tells is asked three times', async () => {
  expect(await recovered('starting', 3)).toEqual({ statuses: ['unknown'], asked: 3 });
});

test('one that knows no such container is not asked again', async () => {
  expect(await recovered('creating', 1, 'SHIM_CONTAINER_NOT_FOUND')).toEqual({ statuses: [], asked: 1 });
});
