import ociPlugin from '@holdfast/runtime-oci';
import type { RuntimeFeatures } from '@holdfast/core/plugin';
import { type CommandScript, FakeCommandRunner, makeRuntimeContext } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createRuntime } from './support/plugin-options.js';

async function featuresOf(script: CommandScript): Promise<RuntimeFeatures> {
  const context = await makeRuntimeContext(new FakeCommandRunner(script));
  try {
    return await createRuntime(ociPlugin, context, { path: '/opt/runtime' }).features();
  } finally {
    await context.remove();
  }
}

describe('features', () => {
  it.each([
    'runc version 1.1.5+ds1',
    'crun version 1.8.1',
    'runsc version release-20250407.0',
    'youki version 0.5.3',
    'kata-runtime  : 3.2.0',
  ])('reads %j', async (version) => {
    const features = await featuresOf({ stdout: `${version}\ncommit: 123\nspec: 1.0.2-dev\n` });
    expect(features).toEqual({ version, binary: '/opt/runtime' });
  });

  it.each([
    ['nothing', { stdout: '' }],
    ['no version', { stdout: 'hello world\n' }],
    ['a shell', { stdout: 'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n' }],
    ['a tool of coreutils', { stdout: 'cat (GNU coreutils) 9.1\n' }],
    ['an endless line', { stdout: `runc version 1.${'1'.repeat(100_000)}` }],
    ['a failure', { code: 1, stdout: 'runc version 1.1.5\n' }],
    ['binary garbage', { stdout: '\u0000\u0001\u0002 1.2' }],
  ])('refuses %s', async (_title, script) => {
    await expect(featuresOf(script)).rejects.toMatchObject({
      code: 'SHIM_RUNTIME_BAD_OUTPUT',
      where: '/opt/runtime --version',
    });
  });
});
