import { describe, expect, it } from 'vitest';
import type { UpgradedGroup } from '@holdfast/core/client';
import { FakeCli } from '../support/fake-cli.js';

const one = (group: string, changes: Partial<UpgradedGroup> = {}): UpgradedGroup => ({
  ...{ group, result: 'upgraded', from: '0.1.0', to: '0.2.0', error: null },
  ...changes,
});

describe('upgrade', () => {
  it('has a line for each group', async () => {
    const cli = new FakeCli();
    cli.shims.upgraded = [
      one('a'),
      one('b', { result: 'current', from: '0.2.0' }),
      one('c', { result: 'not-running', from: null }),
    ];
    expect(await cli.run('upgrade')).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: 'a: 0.1.0 → 0.2.0\nb: 0.2.0\nc: does not run; the next command starts 0.2.0\n',
    });
    expect(JSON.parse((await cli.run('upgrade', '--json')).stdout)).toEqual(cli.shims.upgraded);
  });

  it('asks for all groups, or for that of --group, by force or not', async () => {
    const cli = new FakeCli();
    await cli.run('upgrade');
    await cli.run('upgrade', '--group', 'g1', '--force');
    const version = '9.8.7';
    expect(cli.shims.upgrades).toEqual([
      { version, force: false },
      { version, force: true, groups: ['g1'] },
    ]);
  });

  it('exits with 1 if one has failed, with its error and the others', async () => {
    const cli = new FakeCli();
    const error = { code: 'SHIM_UPGRADE_FAILED', message: 'it exited with 3', where: 'a', remedy: 'Look.' } as const;
    cli.shims.upgraded = [
      one('a', { result: 'failed', error }),
      one('b'),
      one('c', { result: 'failed', from: null, error }),
    ];
    const { code, stdout, stderr } = await cli.run('upgrade');
    expect([code, stdout]).toEqual([1, 'a: 0.1.0 → 0.2.0: failed\nb: 0.1.0 → 0.2.0\nc: unknown → 0.2.0: failed\n']);
    expect(stderr).toContain('shimctl: it exited with 3 (SHIM_UPGRADE_FAILED)\n  at: a\n  try: Look.\n');
  });
});
