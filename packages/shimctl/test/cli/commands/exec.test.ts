import { describe, expect, it } from 'vitest';
import { ShimError, type ErrorCode } from '@holdfast/core/plugin';
import type { CreateExecRequest, ExecRef } from '@holdfast/core/client';
import { EXITED } from '../support/documents.js';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryBundle } from '../support/temporary-bundle.js';

function cliWithContainer(): FakeCli {
  const cli = new FakeCli();
  cli.add('c1', { bundle: temporaryBundle() });
  return cli;
}

function methods(cli: FakeCli): string[] {
  return cli.service.calls.map(([method]) => method);
}

function created(cli: FakeCli): CreateExecRequest {
  return cli.service.calls.find(([method]) => method === 'createExec')?.[2] as CreateExecRequest;
}

it.each(['exec', 'logs'])('%s of a container whose state is broken says what is wrong with that', async (command) => {
  const cli = new FakeCli();
  const error = { code: 'SHIM_STATE_CORRUPT', message: 'runtime.json is not JSON', remedy: 'x' } as const;
  cli.add('c1', { status: 'unknown', bundle: '', logs: [], error });
  const { code, stderr } = await cli.run(command, ...(command === 'exec' ? ['c1', '--', 'ls'] : ['c1']));
  expect(code).not.toBe(0);
  expect(stderr).toContain('runtime.json is not JSON (SHIM_STATE_CORRUPT)');
});

describe('exec in the foreground', () => {
  it('attaches before it starts, exits with the code of the command, and removes the session', async () => {
    const cli = cliWithContainer();
    cli.service.exit = { ...EXITED, exitCode: 4 };
    cli.shims.process = ({ stdout }) => {
      stdout.write('hi\n');
      return Promise.resolve(cli.service.exit);
    };
    expect(await cli.run('exec', 'c1', '--', 'ls', '-l', '--', 'x')).toEqual({ code: 4, stdout: 'hi\n', stderr: '' });
    expect(methods(cli)).toEqual(['inspect', 'createExec', 'attach', 'startExec', 'deleteExec']);
    const { execId, process, stdin, detached } = created(cli);
    expect({ process: process.args, stdin, detached }).toEqual({
      process: ['ls', '-l', '--', 'x'],
      stdin: false,
      detached: false,
    });
    expect(cli.shims.attached[0]?.ref).toEqual({ namespace: 'default', id: 'c1', execId });
  });

  it('takes a command without --, its options included', async () => {
    const cli = cliWithContainer();
    await cli.run('exec', 'c1', 'ls', '--json', '-d');
    expect(created(cli).process.args).toEqual(['ls', '--json', '-d']);
  });

  it('applies its options to the process', async () => {
    const cli = cliWithContainer();
    await cli.run(
      'exec',
      '-i',
      '-e',
      'A=1',
      '-e',
      'LANG=de',
      '--cwd',
      '/tmp',
      '-u',
      '8:9',
      '--timeout',
      '1.5',
      'c1',
      '--',
      'id',
    );
    expect(created(cli)).toMatchObject({
      stdin: true,
      timeoutMs: 1_500,
      process: { env: ['PATH=/bin', 'LANG=de', 'A=1'], cwd: '/tmp', user: { uid: 8, gid: 9 }, terminal: false },
    });
    expect(cli.shims.attached[0]?.request.stdin).toBe(cli.stdin);
  });

  it('chooses a new exec id each time', async () => {
    const cli = cliWithContainer();
    await cli.run('exec', 'c1', 'a');
    const first = created(cli).execId;
    cli.service.calls.length = 0;
    await cli.run('exec', 'c1', 'a');
    expect(first).toMatch(/^x[0-9a-f]{16}$/);
    expect(created(cli).execId).not.toBe(first);
  });

  it('relays signals to the command', async () => {
    const cli = cliWithContainer();
    cli.shims.process = () => new Promise((resolve) => (cli.service.before.killExec = () => resolve(EXITED)));
    cli.service.before.startExec = () => cli.signals.emit('SIGTERM');
    await cli.run('exec', 'c1', 'a');
    const [, ref, request] = cli.service.calls.find(([method]) => method === 'killExec') ?? [];
    expect({ execId: (ref as ExecRef).execId, request }).toEqual({
      execId: created(cli).execId,
      request: { signal: 15 },
    });
    expect(cli.signals.eventNames()).toEqual([]);
  });

  it('says that the time was up, and exits with the code of the document', async () => {
    const cli = cliWithContainer();
    cli.service.exit = { ...EXITED, exitCode: 137, signal: 'SIGKILL', timedOut: true };
    const { code, stderr } = await cli.run('exec', '--timeout', '2', 'c1', '--', 'sleep', '9');
    expect(code).toBe(137);
    expect(stderr).toMatch(/^shimctl: the command was killed: it took longer than 2 s \(SHIM_EXEC_TIMEOUT\)\n/);
  });

  it.each<[ErrorCode, number]>([
    ['SHIM_COMMAND_NOT_FOUND', 127],
    ['SHIM_COMMAND_PERMISSION', 126],
    ['SHIM_ILLEGAL_STATE', 125],
  ])('exits after %s with %i, and removes the session', async (code, exitCode) => {
    const cli = cliWithContainer();
    cli.service.failures.startExec = new ShimError(code, 'no');
    expect((await cli.run('exec', 'c1', 'a')).code).toBe(exitCode);
    expect(methods(cli).at(-1)).toBe('deleteExec');
    expect(cli.shims.detached).toBe(1);
  });

  it('exits with 125 for a container that is not there', async () => {
    expect((await new FakeCli().run('exec', 'ghost', 'a')).code).toBe(125);
  });

  it.each([
    ['no command', ['exec', 'c1']],
    ['nothing after --', ['exec', 'c1', '--']],
    ['an option after the id', ['exec', 'c1', '-i', 'sh']],
  ])('finds a usage error in %s before it reads anything', async (_what, argv) => {
    const cli = cliWithContainer();
    const { code, stderr } = await cli.run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain('(SHIM_USAGE)');
    expect(cli.configRequests).toEqual([]);
  });

  it('starts nothing when the user is not known', async () => {
    const cli = cliWithContainer();
    const { code, stderr } = await cli.run('exec', '-u', 'wwww', 'c1', 'a');
    expect(code).toBe(125);
    expect(stderr).toContain('the container has no user "wwww", did you mean "www"? (SHIM_INVALID_ARGUMENT)');
    expect(methods(cli)).toEqual(['inspect']);
  });
});

describe('exec -d', () => {
  it('returns once the command runs', async () => {
    const cli = cliWithContainer();
    expect(await cli.run('exec', '-d', 'c1', '--', 'a')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(methods(cli)).toEqual(['inspect', 'createExec', 'startExec']);
    expect(created(cli).detached).toBe(true);
  });

  it('prints the session with --json', async () => {
    const cli = cliWithContainer();
    const { stdout } = await cli.run('--json', 'exec', '-d', 'c1', '--', 'a');
    expect(JSON.parse(stdout)).toMatchObject({ id: 'c1', execId: created(cli).execId, status: 'running', pid: 4712 });
  });

  it('removes the session when the command does not start', async () => {
    const cli = cliWithContainer();
    cli.service.failures.startExec = new ShimError('SHIM_COMMAND_NOT_FOUND', 'no');
    expect((await cli.run('exec', '-d', 'c1', '--', 'a')).code).toBe(127);
    expect(methods(cli).at(-1)).toBe('deleteExec');
  });
});
