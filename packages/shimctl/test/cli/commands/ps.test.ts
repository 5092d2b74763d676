import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProcessDocument } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

const GONE: ProcessDocument = {
  pid: 2 ** 30,
  containerPid: 1,
  ppid: 10,
  uid: 33,
  state: 'S',
  cpuMs: 61_000,
  elapsedMs: 122_000,
  residentBytes: 4096,
  name: 'sh',
};

/** A live process whose command line is `argv`; it waits in its first argument's place. */
async function processNamed(...argv: string[]): Promise<number> {
  const child = spawn('sleep', ['600'], { argv0: argv.join('\n'), stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid as number;
}

describe('ps', () => {
  it('prints a table by pid, names in brackets where there is no command line', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    const pid = await processNamed('web --port');
    cli.service.processList = [GONE, { ...GONE, pid, ppid: GONE.pid, uid: 0, cpuMs: 0, elapsedMs: 90_061_000 }];
    const { code, stdout, stderr } = await cli.run('ps', 'c1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['PID', 'PPID', 'UID', 'STAT', '%CPU', 'TIME', 'ELAPSED', 'COMMAND'],
      [String(pid), '1073741824', '0', 'S', '0.0', '0:00', '1-01:01:01', 'web --port 600'],
      ['1073741824', '10', '33', 'S', '50.0', '1:01', '2:02', '[sh]'],
      [''],
    ]);
  });

  it('escapes commands and names, which the container chooses', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    const pid = await processNamed('\u001b]0;owned\u0007\u202e', 'second line');
    cli.service.processList = [
      { ...GONE, pid },
      { ...GONE, name: '\u001b[2J\n' },
    ];
    const { stdout } = await cli.run('ps', 'c1');
    expect(stdout).toContain('\\x1b]0;owned\\x07\\u202e\\x0asecond line 600');
    expect(stdout).toContain('[\\x1b[2J\\x0a]');
    expect(stdout.split('\n')).toHaveLength(4);
  });

  it('prints documents with --json, arguments apart', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    const pid = await processNamed('a b');
    cli.service.processList = [{ ...GONE, pid }];
    expect(JSON.parse((await cli.run('--json', 'ps', 'c1')).stdout)).toEqual([{ ...GONE, pid, args: ['a b', '600'] }]);
  });

  it('passes the error of the shim on', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    cli.service.failures.processes = new ShimError('SHIM_UNSUPPORTED', 'the runtime kata cannot ps');
    expect(await cli.run('ps', 'c1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNSUPPORTED') as string,
    });
  });
});
