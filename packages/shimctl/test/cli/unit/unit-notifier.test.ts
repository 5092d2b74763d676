import { describe, expect, it } from 'vitest';
import type { NotificationsDocument } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryBundle } from '../support/temporary-bundle.js';

const UNIT = '/run/systemd/notify';

/** A shimctl in a unit whose container says `answers`, one document after the other. */
function inUnit(...answers: Partial<NotificationsDocument>[]): FakeCli {
  const cli = new FakeCli();
  cli.env = { NOTIFY_SOCKET: UNIT };
  cli.service.notificationsOf = () => ({
    cursor: `after-${answers.length}`,
    messages: [],
    ready: false,
    ended: answers.length === 0,
    ...answers.shift(),
  });
  return cli;
}

const run = (cli: FakeCli, ...flags: string[]): ReturnType<FakeCli['run']> =>
  cli.run('run', ...flags, '-b', temporaryBundle(), 'c1');

const created = (cli: FakeCli): unknown => cli.service.calls.find(([method]) => method === 'create')?.[1];

describe('--sdnotify', () => {
  it('shim, the default, tells of readiness once the container runs', async () => {
    const cli = inUnit();
    expect((await run(cli)).code).toBe(0);
    expect(cli.notified).toEqual([[UNIT, 'MAINPID=4321\nREADY=1']]);
    expect(created(cli)).not.toHaveProperty('notify');
    const failing = inUnit();
    failing.service.failures.start = new ShimError('SHIM_COMMAND_NOT_FOUND', 'no');
    await run(failing);
    expect(failing.notified).toEqual([]);
  });

  it('says nothing with ignore, without a unit, and to what is no Unix socket', async () => {
    const cli = inUnit();
    await run(cli, '--sdnotify', 'ignore');
    cli.env = {};
    await run(cli, '--sdnotify', 'container');
    cli.env = { NOTIFY_SOCKET: 'vsock:2:1' };
    const { stderr } = await run(cli);
    expect(stderr).toContain('NOTIFY_SOCKET=vsock:2:1 is no Unix socket');
    expect(cli.notified).toEqual([]);
  });

  it('container gives the container a socket and passes its words on, in order, until it ends', async () => {
    const cli = inUnit({ messages: ['STATUS=a'] }, { messages: ['READY=1', 'STATUS=b'], ready: true }, { ready: true });
    cli.env['WATCHDOG_USEC'] = '5';
    await run(cli, '--sdnotify=container');
    expect(created(cli)).toMatchObject({ notify: { watchdogUsec: '5' } });
    expect(cli.notified).toEqual([
      [UNIT, 'STATUS=a'],
      [UNIT, 'MAINPID=4321\nREADY=1'],
      [UNIT, 'STATUS=b'],
    ]);
    const cursors = cli.service.calls.filter(([method]) => method === 'notifications').map((call) => call[2]);
    expect(cursors).toEqual(['', 'after-3', 'after-2', 'after-1'].slice(0, cursors.length));
  });

  it('container with -d returns when it is ready; later words are for shimd to pass on', async () => {
    const cli = inUnit({ messages: ['READY=1'], ready: true }, { messages: ['STATUS=late'] });
    cli.env['WATCHDOG_USEC'] = '5';
    cli.env['WATCHDOG_PID'] = '1';
    expect((await run(cli, '-d', '--sdnotify=container')).code).toBe(0);
    expect(created(cli)).toMatchObject({ notify: { relayTo: UNIT } });
    expect(created(cli)).not.toHaveProperty('notify.watchdogUsec');
    expect(cli.notified).toEqual([[UNIT, expect.stringMatching(/^MAINPID=[0-9]+\nREADY=1$/)]]);
  });

  it('container tells of readiness that only an earlier shimd has heard', async () => {
    const cli = inUnit({ ready: true });
    expect((await run(cli, '-d', '--sdnotify=container')).code).toBe(0);
    expect(cli.notified).toEqual([[UNIT, expect.stringContaining('READY=1')]]);
  });

  it.each([
    [5, 5, 'exited with 5'],
    [0, 125, 'exited with 0'],
    [null, 125, 'ended'],
  ])('container with -d that ends with %s before it is ready exits with %i', async (exitCode, code, words) => {
    const cli = inUnit({ ended: true });
    cli.service.before.wait = () => cli.add('c1', { exitCode });
    const result = await run(cli, '-d', '--sdnotify=container');
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(`c1 ${words} before it said READY=1 (SHIM_NOT_READY)`);
  });

  it('takes no other word', async () => {
    expect((await run(inUnit(), '--sdnotify', 'conmon')).code).toBe(2);
  });
});
