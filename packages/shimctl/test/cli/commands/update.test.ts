import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

const REF = { namespace: 'default', id: 'c1' };

function cliWith(): FakeCli {
  const cli = new FakeCli();
  cli.add('c1');
  return cli;
}

describe('update', () => {
  it('sends what the flags say and prints nothing', async () => {
    const cli = cliWith();
    const result = await cli.run('update', '--memory', '64m', '--cpus', '1.5', '--pids-limit', '-1', 'c1');
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    const resources = {
      memory: { limit: 64 << 20 },
      cpu: { quota: 150_000, period: 100_000 },
      pids: { limit: -1 },
    };
    expect(cli.service.calls).toEqual([['update', REF, { resources }]]);
  });

  it('reads resources from a file, over which the flags go', async () => {
    const cli = cliWith();
    cli.cwd = temporaryDirectory();
    writeFileSync(join(cli.cwd, 'r.json'), '{"memory":{"limit":1,"swap":2},"pids":{"limit":3}}');
    await cli.run('update', '--resources', 'r.json', '--memory', '1g', 'c1');
    const resources = { memory: { limit: 1 << 30, swap: 2 }, pids: { limit: 3 } };
    expect(cli.service.calls).toEqual([['update', REF, { resources }]]);
  });

  it('reads resources from stdin', async () => {
    const cli = cliWith();
    cli.stdin.end('{"cpu":{"shares":7}}');
    await cli.run('update', '--resources', '-', 'c1');
    expect(cli.service.calls).toEqual([['update', REF, { resources: { cpu: { shares: 7 } } }]]);
  });

  it.each([
    ['nothing to change', 2, 'SHIM_USAGE', []],
    ['no size', 2, 'SHIM_USAGE', ['--memory', 'lots']],
    ['two quotas', 2, 'SHIM_USAGE', ['--cpus', '1', '--cpu-quota', '5000']],
    ['a file that is not there', 1, 'SHIM_INVALID_ARGUMENT', ['--resources', 'none.json']],
  ])('says what is wrong before it asks anybody: %s', async (_what, code, error, argv) => {
    const cli = cliWith();
    const result = await cli.run('update', ...argv, 'c1');
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(error) as string });
    expect([cli.service.calls, cli.configRequests]).toEqual([[], []]);
  });

  it.each(['', 'null', '[1]', '{', 'x'.repeat((1 << 20) + 1)])('refuses stdin that holds no object', async (text) => {
    const cli = cliWith();
    cli.stdin.end(text);
    const { code, stderr } = await cli.run('update', '--resources', '-', 'c1');
    expect(code).toBe(1);
    expect(stderr).toContain('SHIM_INVALID_ARGUMENT');
  });
});
