import { isPlugin } from '@holdfast/core/plugin';
import crunPlugin from '@holdfast/runtime-crun';
import { FakeCommandRunner, makeRuntimeContext } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createRuntime, readable } from '../../runtime-oci/test/support/plugin-options.js';

it('is a runtime plugin named crun', () => {
  expect(isPlugin(crunPlugin)).toBe(true);
  expect(crunPlugin).toMatchObject({ kind: 'runtime', name: 'crun', apiVersion: 1 });
});

it('describes every option and needs none', () => {
  const { properties, required, additionalProperties } = readable(crunPlugin).optionsSchema;
  expect(Object.keys(properties)).toEqual(['path', 'args', 'systemdCgroup', 'noPivot', 'noNewKeyring']);
  for (const property of Object.values(properties)) expect(property).toHaveProperty('description');
  expect(required).toBeUndefined();
  expect(additionalProperties).toBe(false);
});

it('runs crun from PATH unless told another path', async () => {
  const runner = new FakeCommandRunner({});
  const context = await makeRuntimeContext(runner);
  try {
    await createRuntime(crunPlugin, context).start('web');
    await createRuntime(crunPlugin, context, { path: '/opt/crun' }).start('web');
    expect(runner.commands.map(({ argv }) => argv[0])).toEqual(['crun', '/opt/crun']);
    expect(createRuntime(crunPlugin, context).name).toBe('crun');
  } finally {
    await context.remove();
  }
});
