import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

const REF = { namespace: 'default', id: 'c1' };

describe.each([
  ['pause', 'pause', 'paused'],
  ['resume', 'resume', 'running'],
  ['unpause', 'resume', 'running'],
] as const)('%s', (command, method, status) => {
  it('asks the shim for it and says nothing', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(await cli.run(command, 'c1')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls).toEqual([[method, REF, {}]]);
    expect(cli.service.requestIds).toHaveLength(1);
  });

  it('prints the container with --json', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(JSON.parse((await cli.run('--json', command, 'c1')).stdout)).toMatchObject({ id: 'c1', status });
  });

  it('passes the error of the shim on', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    cli.service.failures[method] = new ShimError('SHIM_ILLEGAL_STATE', `cannot ${method} c1`, { where: 'c1' });
    const { code, stderr } = await cli.run(command, 'c1');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(SHIM_ILLEGAL_STATE)') as string,
    });
  });
});
