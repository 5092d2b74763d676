import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOciRuntime, jsonLogFlags, RUNC_RULES, type OciOptions, type OciRuntime } from '@holdfast/runtime-oci';
import { ShimError } from '@holdfast/core/plugin';
import {
  argumentAfter,
  type CommandScript,
  FakeCommandRunner,
  makeRuntimeContext,
  type TestRuntimeContext,
} from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const OPTIONS: OciOptions = { path: '/opt/runc', args: [], systemdCgroup: false, noPivot: false, noNewKeyring: false };
const IO = { stdin: 10, stdout: 11, stderr: 12, owner: 'create default/web' };
const DIALECT = { name: 'oci', logFlags: jsonLogFlags, errors: RUNC_RULES, unsupported: [] };
const NOT_FOUND = '{"level":"error","msg":"container does not exist"}\n';

let context: TestRuntimeContext;
let pidFile: string;
beforeEach(async () => {
  context = await makeRuntimeContext(new FakeCommandRunner());
  pidFile = join(context.directory, 'pid');
});
afterEach(async () => {
  expect(await readdir(context.scratch)).toEqual([]);
  expect(context.logger.complaints()).toEqual([]);
  await context.remove();
});

function make(
  script: CommandScript,
  options: Partial<OciOptions> = {},
): { runtime: OciRuntime; runner: FakeCommandRunner } {
  const runner = new FakeCommandRunner(script);
  return { runner, runtime: createOciRuntime({ ...context, runner }, { ...OPTIONS, ...options }, DIALECT) };
}

/** The arguments after the global ones, which are checked here. */
function argsOf(
  runner: FakeCommandRunner,
  extra: readonly string[] = [],
  after: readonly string[] = [],
): readonly string[] {
  const [command] = runner.commands;
  if (command === undefined || runner.commands.length !== 1) throw new Error(`${runner.commands.length} commands`);
  const log = argumentAfter(command, '--log');
  expect(log.startsWith(`${context.scratch}/`)).toBe(true);
  const globals = ['/opt/runc', ...extra, '--root', context.root, '--log', log, '--log-format', 'json', ...after];
  expect(command.argv.slice(0, globals.length)).toEqual(globals);
  return command.argv.slice(globals.length);
}

describe('create', () => {
  it('hands on bundle, pid file and stdio, and reads the pid', async () => {
    const { runtime, runner } = make({ pid: '4087' });
    expect(await runtime.create({ id: 'web', bundle: '/b', pidFile }, IO)).toEqual({ pid: 4087 });
    expect(argsOf(runner)).toEqual(['create', '--bundle', '/b', '--pid-file', pidFile, 'web']);
    expect(runner.commands[0]?.stdio).toBe(IO);
  });

  it('tells the runtime how many descriptors to let the process keep', async () => {
    const { runtime, runner } = make({ pid: '4087' });
    const io = { ...IO, descriptors: [20, 21] };
    await runtime.create({ id: 'web', bundle: '/b', pidFile }, io);
    const flags = ['--bundle', '/b', '--pid-file', pidFile, '--preserve-fds', '2'];
    expect(argsOf(runner)).toEqual(['create', ...flags, 'web']);
    expect(runner.commands[0]?.stdio).toBe(io);
    // Whether it can is said by the dialect.
    expect(runtime.passesDescriptors).toBeUndefined();
    const able = createOciRuntime({ ...context, runner }, OPTIONS, { ...DIALECT, preserveFds: true });
    expect(able.passesDescriptors).toBe(true);
  });

  it('adds the flags that its options and the request ask for', async () => {
    const options = { args: ['--debug'], systemdCgroup: true, noPivot: true, noNewKeyring: true };
    const { runtime, runner } = make({ pid: '4087' }, options);
    await runtime.create({ id: 'web', bundle: '/b', pidFile, consoleSocket: '/c' }, IO);
    const flags = ['--bundle', '/b', '--pid-file', pidFile, '--console-socket', '/c', '--no-pivot', '--no-new-keyring'];
    expect(argsOf(runner, ['--debug'], ['--systemd-cgroup'])).toEqual(['create', ...flags, 'web']);
  });

  it.each([
    ['is missing', {}],
    ['is empty', { pid: '' }],
    ['holds no number', { pid: 'soon' }],
  ])('names the binary when the pid file %s', async (_title, script) => {
    await expect(make(script).runtime.create({ id: 'web', bundle: '/b', pidFile }, IO)).rejects.toMatchObject({
      code: 'SHIM_RUNTIME_BAD_OUTPUT',
      message: expect.stringContaining('/opt/runc') as string,
      where: '/opt/runc create web',
    });
  });

  it('does not take the pid file of an earlier attempt for its own', async () => {
    await writeFile(pidFile, '4087');
    const creating = make({}).runtime.create({ id: 'web', bundle: '/b', pidFile }, IO);
    await expect(creating).rejects.toMatchObject({ code: 'SHIM_RUNTIME_BAD_OUTPUT' });
  });

  it("reads its error from the log, since stderr is the container's", async () => {
    const log = '{"level":"error","msg":"runc create failed: container with given ID already exists"}\n';
    const creating = make({ code: 1, log }).runtime.create({ id: 'web', bundle: '/b', pidFile }, IO);
    await expect(creating).rejects.toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
  });

  it('reads no log through a symbolic link', async () => {
    const secret = join(context.directory, 'secret');
    await writeFile(secret, 'secret words\n');
    const { runtime } = make({ code: 1, during: (command) => symlink(secret, argumentAfter(command, '--log')) });
    const error: unknown = await runtime.start('web').catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'SHIM_RUNTIME_FAILED',
      message: expect.not.stringContaining('secret') as string,
    });
    expect(await readFile(secret, 'utf8')).toBe('secret words\n');
  });
});

describe('exec', () => {
  it('is detached, with the process file and its own stdio', async () => {
    const { runtime, runner } = make({ pid: '99\n' });
    const request = { execId: 'e1', processFile: '/p.json', pidFile, consoleSocket: '/c' };
    expect(await runtime.exec('web', request, IO)).toEqual({ pid: 99 });
    const flags = ['--detach', '--process', '/p.json', '--pid-file', pidFile, '--console-socket', '/c'];
    expect(argsOf(runner)).toEqual(['exec', ...flags, 'web']);
    expect(runner.commands[0]?.stdio).toBe(IO);
  });
});

describe('the other commands', () => {
  it.each([
    ['start', (runtime: OciRuntime) => runtime.start('web'), ['start', 'web']],
    ['kill', (runtime: OciRuntime) => runtime.kill('web', 15), ['kill', 'web', '15']],
    ['kill all', (runtime: OciRuntime) => runtime.kill('web', 9, { all: true }), ['kill', '--all', 'web', '9']],
    ['delete', (runtime: OciRuntime) => runtime.delete('web'), ['delete', 'web']],
    ['delete by force', (runtime: OciRuntime) => runtime.delete('web', { force: true }), ['delete', '--force', 'web']],
    ['pause', (runtime: OciRuntime) => runtime.pause?.('web'), ['pause', 'web']],
    ['resume', (runtime: OciRuntime) => runtime.resume?.('web'), ['resume', 'web']],
    ['ps', (runtime: OciRuntime) => runtime.ps?.('web'), ['ps', '-f', 'json', 'web']],
  ])('gives %s its arguments and captures its output', async (_title, call, argv) => {
    const { runtime, runner } = make({ stdout: '[]' });
    await call(runtime);
    expect(argsOf(runner)).toEqual(argv);
    expect(runner.commands[0]).not.toHaveProperty('stdio');
  });

  it('update hands the resources on in a file that is removed afterwards', async () => {
    let seen = '';
    const { runtime, runner } = make({
      during: async (command) => {
        seen = await readFile(argumentAfter(command, '-r'), 'utf8');
      },
    });
    await runtime.update?.('web', { memory: { limit: 1024 } });
    expect(JSON.parse(seen)).toEqual({ memory: { limit: 1024 } });
    expect(argsOf(runner)).toEqual(['update', '-r', expect.stringContaining(context.scratch), 'web']);
  });

  it('delete by force takes an unknown container for deleted, and without force it does not', async () => {
    const { runtime } = make({ code: 1, log: NOT_FOUND });
    await expect(runtime.delete('web', { force: true })).resolves.toBeUndefined();
    await expect(runtime.delete('web')).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  });

  it('delete by force passes every other error on', async () => {
    const { runtime } = make({ code: 1, stderr: 'disk on fire\n' });
    await expect(runtime.delete('web', { force: true })).rejects.toMatchObject({ code: 'SHIM_RUNTIME_FAILED' });
  });

  it('state that is no JSON is bad output', async () => {
    const { runtime } = make({ stdout: 'hello' });
    await expect(runtime.state('web')).rejects.toMatchObject({
      code: 'SHIM_RUNTIME_BAD_OUTPUT',
      where: '/opt/runc state web',
    });
  });
});

describe('every command', () => {
  it('uses a log file of its own', async () => {
    const { runtime, runner } = make({});
    await Promise.all([runtime.start('web'), runtime.start('web')]);
    const [first, second] = runner.commands.map((command) => argumentAfter(command, '--log'));
    expect(first).not.toBe(second);
  });

  it('passes the errors of the runner on and removes the log all the same', async () => {
    const error = new ShimError('SHIM_RUNTIME_TIMEOUT', 'too slow');
    await expect(make({ error, log: 'half a line' }).runtime.start('web')).rejects.toBe(error);
  });

  it('passes its abort signal to the runner', async () => {
    const { signal } = new AbortController();
    const runner = new FakeCommandRunner({ stdout: 'runc version 1.1.5' }, { pid: '42' }, {}, { pid: '43' });
    const runtime = createOciRuntime({ ...context, runner }, OPTIONS, DIALECT);
    await runtime.features(signal);
    await runtime.create({ id: 'web', bundle: '/b', pidFile }, IO, signal);
    await runtime.start('web', signal);
    await runtime.exec('web', { execId: 'e', processFile: '/p', pidFile }, IO, signal);
    expect(runner.commands.map((command) => command.signal)).toEqual([signal, signal, signal, signal]);
  });

  it.each(['', '-debug', '../other', 'a/b', 'a b', 'x'.repeat(129)])('refuses the id %j', async (id) => {
    const { runtime, runner } = make({});
    await expect(runtime.start(id)).rejects.toMatchObject({ code: 'SHIM_INVALID_ID' });
    expect(runner.commands).toEqual([]);
  });
});
