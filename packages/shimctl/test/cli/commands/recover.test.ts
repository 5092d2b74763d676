import { describe, expect, it } from 'vitest';
import type { RecoveredContainer } from '@holdfast/core/client';
import { FakeCli } from '../support/fake-cli.js';

const one = (id: string, changes: Partial<RecoveredContainer> = {}): RecoveredContainer => ({
  ...{ namespace: 'default', id, group: 'g', result: 'ok', status: 'running', error: null },
  ...changes,
});

describe('recover', () => {
  it('has a line for each container and each thing removed', async () => {
    const cli = new FakeCli();
    cli.shims.recoverReport = {
      containers: [
        one('a'),
        one('b', { result: 'recovered', status: 'created' }),
        one('c', { result: 'unknown-exit', status: 'stopped' }),
      ],
      leftovers: [
        { kind: 'group', where: '/r/groups/old' },
        { kind: 'cgroup', where: 'old' },
      ],
    };
    expect(await cli.run('recover')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'default/a: ok (running)',
        'default/b: recovered (created)',
        'default/c: unknown exit (stopped)',
        'removed group /r/groups/old',
        'removed the cgroup of group old',
        '',
      ].join('\n'),
    });
    expect(cli.shims.recoveries).toEqual([{ dryRun: false }]);
    expect((await cli.run('recover', '--dry-run')).stdout).toContain('would remove group /r/groups/old');
  });

  it('asks for the ids alone, in the namespace, and exits with 1 for one that is not there', async () => {
    const cli = new FakeCli();
    cli.shims.recoverReport = { containers: [one('a', { namespace: 'n' })], leftovers: [] };
    const { code, stderr } = await cli.run('recover', '--namespace', 'n', 'a', 'ghost');
    expect(code).toBe(1);
    expect(stderr).toContain('there is no container ghost in namespace n (SHIM_CONTAINER_NOT_FOUND)');
    const containers = ['a', 'ghost'].map((id) => ({ namespace: 'n', id }));
    expect(cli.shims.recoveries).toEqual([{ dryRun: false, containers }]);
  });

  it('exits with 1 when something is broken, and says what helps', async () => {
    const cli = new FakeCli();
    const error = { code: 'SHIM_STATE_CORRUPT', message: 'torn', remedy: 'Delete it.' } as const;
    cli.shims.recoverReport = { containers: [one('a', { result: 'broken', status: 'unknown', error })], leftovers: [] };
    expect(await cli.run('recover')).toMatchObject({
      code: 1,
      stdout: 'default/a: broken: torn (SHIM_STATE_CORRUPT); Delete it.\n',
    });
    expect(JSON.parse((await cli.run('recover', '--json')).stdout)).toEqual(cli.shims.recoverReport);
  });
});
