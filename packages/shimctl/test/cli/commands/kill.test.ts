import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

const REF = { namespace: 'default', id: 'c1' };

describe('kill', () => {
  it.each([
    [[], 15],
    [['KILL'], 9],
    [['sigusr1'], 10],
    [['64'], 64],
    [['RTMIN+1'], 35],
  ])('sends %j as %i', async (argv, signal) => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(await cli.run('kill', 'c1', ...argv)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls).toEqual([['kill', REF, { signal, all: false }]]);
    expect(cli.service.requestIds[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sends to every process with --all', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    await cli.run('kill', '--all', 'c1', 'TERM');
    expect(cli.service.calls).toEqual([['kill', REF, { signal: 15, all: true }]]);
  });

  it.each(['0', '65', 'TREM', 'SIG', '9x', ''])('refuses the signal %j before it reads anything', async (signal) => {
    const cli = new FakeCli();
    const { code, stderr } = await cli.run('kill', 'c1', signal);
    expect(code).toBe(2);
    expect(stderr).toContain(`shimctl: ${JSON.stringify(signal)} is not a signal`);
    expect(stderr).toContain('(SHIM_USAGE)');
    expect(cli.configRequests).toEqual([]);
  });

  it('says which signal may have been meant', async () => {
    expect((await new FakeCli().run('kill', 'c1', 'TREM')).stderr).toContain('did you mean "TERM"?');
  });

  it('passes an error of the shim on', async () => {
    const { code, stderr } = await new FakeCli().run('kill', 'ghost');
    expect(code).toBe(1);
    expect(stderr).toContain('(SHIM_CONTAINER_NOT_FOUND)');
  });

  it.each([
    [['-s', '9'], 9],
    [['--signal', 'HUP'], 1],
  ])('takes the signal as an option, as docker does: %j', async (argv, signal) => {
    const cli = new FakeCli();
    cli.add('c1');
    expect((await cli.run('kill', ...argv, 'c1')).code).toBe(0);
    expect(cli.service.calls).toEqual([['kill', REF, { signal, all: false }]]);
  });

  it('takes one signal', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    const { code, stderr } = await cli.run('kill', '-s', '9', 'c1', 'TERM');
    expect([code, cli.service.calls]).toEqual([2, []]);
    expect(stderr).toContain('two signals are given: 9 and TERM (SHIM_USAGE)');
  });
});
