import { isPlugin } from '@holdfast/core/plugin';
import runcPlugin from '@holdfast/runtime-runc';
import { FakeCommandRunner, makeRuntimeContext } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createRuntime, readable } from '../../runtime-oci/test/support/plugin-options.js';

it('is a runtime plugin named runc', () => {
  expect(isPlugin(runcPlugin)).toBe(true);
  expect(runcPlugin).toMatchObject({ kind: 'runtime', name: 'runc', apiVersion: 1 });
});

it('describes every option and needs none', () => {
  const { properties, required, additionalProperties } = readable(runcPlugin).optionsSchema;
  expect(Object.keys(properties)).toEqual(['path', 'args', 'systemdCgroup', 'noPivot', 'noNewKeyring']);
  for (const property of Object.values(properties)) expect(property).toHaveProperty('description');
  expect(required).toBeUndefined();
  expect(additionalProperties).toBe(false);
});

it('runs runc from PATH unless told another path', async () => {
  const runner = new FakeCommandRunner({});
  const context = await makeRuntimeContext(runner);
  try {
    await createRuntime(runcPlugin, context).start('web');
    await createRuntime(runcPlugin, context, { path: '/opt/runc' }).start('web');
    expect(runner.commands.map(({ argv }) => argv[0])).toEqual(['runc', '/opt/runc']);
    expect(createRuntime(runcPlugin, context).name).toBe('runc');
  } finally {
    await context.remove();
  }
});
