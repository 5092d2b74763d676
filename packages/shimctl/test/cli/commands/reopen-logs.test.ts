import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

describe('reopen-logs', () => {
  it('asks the shim, and says nothing', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(await cli.run('reopen-logs', 'c1')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls.at(-1)).toEqual(['reopenLogs', { namespace: 'default', id: 'c1' }, {}]);
    expect((await cli.run('--json', 'reopen-logs', 'c1')).stdout).toBe('{}\n');
  });

  it('passes on what the shim says', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    cli.service.failures.reopenLogs = new ShimError('SHIM_UNSUPPORTED', 'journald cannot');
    const { code, stderr } = await cli.run('reopen-logs', 'c1');
    expect(code).toBe(1);
    expect(stderr).toContain('journald cannot (SHIM_UNSUPPORTED)');
  });
});
