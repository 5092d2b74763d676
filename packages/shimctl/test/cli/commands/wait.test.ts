import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

describe('wait', () => {
  it('prints the codes in the order of the ids, when all are drained', async () => {
    const cli = new FakeCli();
    cli.add('a', { exitCode: 3 });
    cli.add('b', { exitCode: 137, signal: 'SIGKILL' });
    cli.add('c', { exitCode: null });
    expect(await cli.run('wait', 'b', 'a', 'c')).toEqual({ code: 0, stdout: '137\n3\nunknown\n', stderr: '' });
    expect(cli.service.calls.map(([method, , until]) => [method, until])).toEqual(Array(3).fill(['wait', 'drained']));
  });

  it('waits for all at the same time', async () => {
    const cli = new FakeCli();
    cli.add('a', { exitCode: 0 });
    cli.add('b', { exitCode: 1 });
    let end: () => void = () => undefined;
    cli.service.drained = new Promise<void>((resolve) => (end = resolve));
    cli.service.before.wait = () => {
      if (cli.service.calls.length === 2) end();
    };
    expect((await cli.run('wait', 'a', 'b')).stdout).toBe('0\n1\n');
  });

  it('prints an array with --json', async () => {
    const cli = new FakeCli();
    cli.add('a', { exitCode: 3 });
    const { stdout } = await cli.run('wait', 'a', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { id: 'a', exitCode: 3, signal: null, exitedAt: expect.any(String) as string },
    ]);
  });

  it('has a line for each id, and exits with 1 when one is not there', async () => {
    const cli = new FakeCli();
    cli.add('a', { exitCode: 3 });
    const { code, stdout, stderr } = await cli.run('wait', 'ghost', 'a');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'error\n3\n' });
    expect(stderr).toContain('there is no container ghost');
    expect(JSON.parse((await cli.run('--json', 'wait', 'ghost', 'a')).stdout)).toMatchObject([
      { id: 'ghost', error: { code: 'SHIM_CONTAINER_NOT_FOUND' } },
      { id: 'a', exitCode: 3 },
    ]);
  });
});
