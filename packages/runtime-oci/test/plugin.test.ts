import { isPlugin } from '@holdfast/core/plugin';
import ociPlugin from '@holdfast/runtime-oci';
import { FakeCommandRunner, makeRuntimeContext } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createRuntime, readable } from './support/plugin-options.js';

it('is a runtime plugin named oci', () => {
  expect(isPlugin(ociPlugin)).toBe(true);
  expect(ociPlugin).toMatchObject({ kind: 'runtime', name: 'oci', apiVersion: 1 });
});

it('describes every option and needs the path alone', () => {
  const { properties, required, additionalProperties } = readable(ociPlugin).optionsSchema;
  for (const property of Object.values(properties)) expect(property).toHaveProperty('description');
  expect(required).toEqual(['path']);
  expect(additionalProperties).toBe(false);
});

it('has every optional method unless the options name it as unsupported', async () => {
  const context = await makeRuntimeContext(new FakeCommandRunner({}));
  const full = createRuntime(ociPlugin, context, { path: 'youki' });
  const lean = createRuntime(ociPlugin, context, { path: 'runsc', unsupported: ['ps', 'update'] });
  await context.remove();
  const present = (runtime: object): string[] => ['pause', 'resume', 'update', 'ps'].filter((name) => name in runtime);
  expect(present(full)).toEqual(['pause', 'resume', 'update', 'ps']);
  expect(present(lean)).toEqual(['pause', 'resume']);
});
