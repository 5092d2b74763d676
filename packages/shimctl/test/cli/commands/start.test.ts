import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

describe('start', () => {
  it('starts a created container and says nothing', async () => {
    const cli = new FakeCli();
    cli.add('c1', { status: 'created' });
    expect(await cli.run('start', 'c1')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls).toEqual([['start', { namespace: 'default', id: 'c1' }, {}]]);
  });

  it('prints the document with --json', async () => {
    const cli = new FakeCli();
    cli.add('c1', { status: 'created' });
    expect(JSON.parse((await cli.run('start', 'c1', '--json')).stdout)).toMatchObject({ id: 'c1', status: 'running' });
  });

  it('exits with 1 for a missing command: 127 is for run and exec', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    cli.service.failures.start = new ShimError('SHIM_COMMAND_NOT_FOUND', 'no such command');
    expect((await cli.run('start', 'c1')).code).toBe(1);
  });
});
