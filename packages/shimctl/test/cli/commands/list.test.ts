import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

describe('list', () => {
  it('prints a table, the oldest first', async () => {
    const cli = new FakeCli();
    cli.add('young', { createdAt: '2026-02-01T00:00:00.000Z', status: 'stopped', pid: 0, exitCode: 3, bundle: '/b' });
    cli.add('old', { bundle: '/bundles/old' });
    cli.add('lost', { createdAt: '2026-03-01T00:00:00.000Z', status: 'stopped', pid: 0, bundle: '/b' });
    expect(await cli.run('list')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'ID     STATUS   PID   CREATED                   RUNTIME  BUNDLE        EXIT',
        'old    running  4711  2026-01-02T03:04:05.000Z  runc     /bundles/old  -',
        'young  stopped  -     2026-02-01T00:00:00.000Z  runc     /b            3',
        'lost   stopped  -     2026-03-01T00:00:00.000Z  runc     /b            unknown',
        '',
      ].join('\n'),
    });
  });

  it('shows nothing in the place of what is not known', async () => {
    const cli = new FakeCli();
    const runtime = { name: '', plugin: '', version: '', path: null };
    cli.add('c1', { status: 'unknown', pid: 0, createdAt: '', runtime, bundle: '' });
    expect((await cli.run('list')).stdout.split('\n')[1]).toMatch(/^c1 +unknown +- +- +- +- +-$/);
  });

  it('says of what ended by SIGKILL that it was the kernel, for want of memory', async () => {
    const cli = new FakeCli();
    const stopped = { status: 'stopped', pid: 0, oomKilled: true, oomKills: 1 } as const;
    cli.add('c1', { ...stopped, exitCode: 137 });
    cli.add('c2', { ...stopped, exitCode: 1 });
    const cells = (await cli.run('list')).stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(cells.slice(1, 3).map((row) => row.at(-1))).toEqual(['137 (OOM)', '1']);
  });

  it('prints a table without rows when there is nothing', async () => {
    expect((await new FakeCli().run('ls')).stdout).toBe('ID  STATUS  PID  CREATED  RUNTIME  BUNDLE  EXIT\n');
  });

  it('escapes what could steer the terminal', async () => {
    const cli = new FakeCli();
    cli.add('c1', { bundle: '/b/\u001b]0;owned\u0007\n\u202ex\u009b' });
    const { stdout } = await cli.run('list');
    expect(stdout).toContain('/b/\\x1b]0;owned\\x07\\x0a\\u202ex\\x9b');
    expect(stdout.split('\n')).toHaveLength(3);
  });

  it('prints ids alone with -q', async () => {
    const cli = new FakeCli();
    cli.add('b');
    cli.add('a');
    expect((await cli.run('list', '-q')).stdout).toBe('a\nb\n');
    expect((await cli.run('list', '-q', '--json')).stdout).toBe('["a","b"]\n');
  });

  it('says of each group that is in a crash loop so, once', async () => {
    const cli = new FakeCli();
    const error = {
      code: 'SHIM_CRASH_LOOP',
      message: 'it has died\nIts log ends with:\nx',
      where: '/l/shimd.log',
      remedy: 'Look.',
    } as const;
    const shim = { pid: 0, keeperPid: 0, group: 'g' };
    for (const id of ['a', 'b']) cli.add(id, { status: 'unknown', shim, error });
    cli.add('c', { status: 'unknown', error: { ...error, code: 'SHIM_STATE_CORRUPT' } });
    const { code, stderr } = await cli.run('list');
    expect([code, stderr]).toEqual([0, 'shimctl: it has died; log: /l/shimd.log. Look.\n']);
  });

  it('prints an array of documents with --json', async () => {
    const cli = new FakeCli();
    const document = cli.add('c1');
    expect(JSON.parse((await cli.run('list', '--json')).stdout)).toEqual([document]);
  });

  it('asks for the namespace alone, and for one group if --group is given', async () => {
    const cli = new FakeCli();
    cli.add('here', { shim: { pid: 1, keeperPid: 1, group: 'g' } });
    cli.add('elsewhere');
    cli.add('foreign', { namespace: 'other' });
    expect((await cli.run('list', '-q')).stdout).toBe('elsewhere\nhere\n');
    expect((await cli.run('list', '-q', '--group', 'g')).stdout).toBe('here\n');
  });

  it('has colour on a terminal, not with NO_COLOR, not in a pipe', async () => {
    const cli = new FakeCli();
    cli.isTTY = { stdin: true, stdout: true, stderr: true };
    expect((await cli.run('list')).stdout).toContain('\u001b[1m');
    cli.env = { TERM: 'dumb' };
    expect((await cli.run('list')).stdout).not.toContain('\u001b');
    cli.env = { NO_COLOR: '1' };
    expect((await cli.run('list')).stdout).not.toContain('\u001b');
    expect((await cli.run('lst')).stderr).not.toContain('\u001b');
  });
});
