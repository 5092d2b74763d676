import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliEnvironment } from '../../src/cli/environment.js';
import { buildProgram } from '../../src/cli/program.js';
import { FakeCli } from './support/fake-cli.js';
import { BrokenOutput, Capture } from './support/capture.js';
import { ShimError } from '@holdfast/core/plugin';

const COMMANDS = [
  'run',
  'create',
  'start',
  'kill',
  'stop',
  'pause',
  'resume',
  'update',
  'wait',
  'delete',
  'exec',
  'logs',
  'reopen-logs',
  'list',
  'inspect',
  'ps',
  'stats',
  'spec',
  'config',
  'completion',
  'doctor',
  'version',
];

describe('the command line as a whole', () => {
  it('prints its version', async () => {
    expect(await new FakeCli().run('--version')).toEqual({ code: 0, stdout: '9.8.7\n', stderr: '' });
    expect(await new FakeCli().run('version')).toEqual({ code: 0, stdout: 'shimctl 9.8.7\n', stderr: '' });
    expect((await new FakeCli().run('version', '--json')).stdout).toBe('{"version":"9.8.7","api":1}\n');
  });

  it('lists every command and the exit codes in its help', async () => {
    const { code, stdout, stderr } = await new FakeCli().run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}[ |]`, 'm'));
    expect(stdout).toContain('125  run, exec:');
  });

  it.each(COMMANDS.filter((command) => command !== 'version'))('gives examples in the help of %s', async (command) => {
    const { code, stdout } = await new FakeCli().run(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:\n  ');
    expect(stdout).toContain(`shimctl ${command}`);
  });

  it('is made of no more than the commands that its words name, under every name of theirs', () => {
    const build = (...argv: string[]): readonly Command[] =>
      buildProgram({ argv, services: { version: '' } } as unknown as CliEnvironment, () => Promise.resolve()).commands;
    const all = build();
    const names = all.flatMap((command) => [command.name(), ...command.aliases()]);
    expect(names).toEqual(expect.arrayContaining([...COMMANDS, 'ls', 'rm', 'unpause']));
    const ofAll = ['completion', '__complete'];
    for (const name of names.filter((each) => !ofAll.includes(each))) {
      const [one, ...others] = build('--config', 'x', name, 'c1');
      expect([name, others.length, [one?.name(), ...(one?.aliases() ?? [])]]).toEqual([
        ...[name, 0],
        expect.arrayContaining([name]),
      ]);
    }
    for (const argv of [['exec', 'c1', '--', 'help'], ...ofAll.map((name) => [name]), ['list', '--help'], ['lst']])
      expect([argv, build(...argv).length]).toEqual([argv, all.length]);
  });

  it('prints help on stderr and exits with 2 when there is no command', async () => {
    const { code, stdout, stderr } = await new FakeCli().run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: shimctl /);
  });

  it('exits with 2 and a suggestion for an unknown command', async () => {
    const { code, stdout, stderr } = await new FakeCli().run('inspct');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^shimctl: unknown command 'inspct'\n {4}\(Did you mean inspect\?\) \(SHIM_USAGE\)\n {2}try: /,
    );
  });

  it('exits with 2 and a suggestion for an unknown option', async () => {
    const { code, stderr } = await new FakeCli().run('run', '--bundel', 'x', 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--bundel'\n    (Did you mean --bundle?) (SHIM_USAGE)");
  });

  it.each([
    ['a missing operand', ['start']],
    ['an operand too many', ['start', 'a', 'b']],
    ['an unknown log level', ['list', '--log-level', 'loud']],
    ['an option without its value', ['list', '--root']],
  ])('exits with 2 for %s', async (_what, argv) => {
    const cli = new FakeCli();
    const { code, stderr } = await cli.run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain('(SHIM_USAGE)');
    expect(cli.configRequests).toEqual([]);
  });

  it('tells errors of the command line as JSON when asked to', async () => {
    const { code, stderr } = await new FakeCli().run('--json', 'lst');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'SHIM_USAGE' } });
  });

  it('takes global options before and after the command', async () => {
    const cli = new FakeCli();
    await cli.run(
      '--root',
      'r',
      '--namespace',
      'a',
      '--log',
      'x',
      'list',
      '--namespace',
      'b',
      '--log',
      'y,k=v',
      '--config',
      'f',
    );
    expect(cli.configRequests).toEqual([
      { cwd: '/somewhere', file: 'f', root: '/somewhere/r', namespace: 'b', logs: ['x', 'y,k=v'] },
    ]);
  });

  it('takes global options between config and its own command', async () => {
    const cli = new FakeCli();
    await cli.run('config', '--runtime', 'crun', 'show', '--group', 'g', '--log-level', 'warn');
    expect(cli.configRequests).toEqual([{ cwd: '/somewhere', runtime: 'crun', group: 'g', logLevel: 'warn' }]);
  });

  it.each(['start', 'stop', 'kill', 'inspect', 'logs', 'delete', 'wait', 'run', 'create'])(
    'refuses an id that looks like an option in %s before it reads anything',
    async (command) => {
      const cli = new FakeCli();
      const { code, stderr } = await cli.run(command, '--', '-x');
      expect(code).toBe(command === 'run' ? 125 : 1);
      expect(stderr).toMatch(
        /^shimctl: "-x" is not a valid container id \(SHIM_INVALID_ID\)\n {2}at: container id\n {2}try: An id is/,
      );
      expect(cli.configRequests).toEqual([]);
    },
  );

  it('shows an error of the config with place and remedy', async () => {
    const cli = new FakeCli();
    cli.configFailure = new ShimError('SHIM_CONFIG_INVALID', 'two things:\nfirst\nsecond', {
      where: '/etc/x.json',
      remedy: 'Mend it.',
    });
    expect(await cli.run('list')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'shimctl: two things:\n    first\n    second (SHIM_CONFIG_INVALID)\n  at: /etc/x.json\n  try: Mend it.\n',
    });
  });

  it('shows warnings of a config that is refused, before what is wrong with it', async () => {
    const cli = new FakeCli();
    cli.config = { warnings: ['careful'] };
    cli.configFailure = new ShimError('SHIM_CONFIG_INVALID', 'bad');
    const { code, stderr } = await cli.run('list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^shimctl: warning: careful\nshimctl: .*bad/);
  });

  it('shows warnings of the config and goes on', async () => {
    const cli = new FakeCli();
    cli.config = { warnings: ['the plugin \u001b[2J is gone'] };
    const { code, stderr } = await cli.run('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'shimctl: warning: the plugin \\x1b[2J is gone\n' });
  });

  it('shows causes with --log-level debug alone, and never a stack', async () => {
    const cli = new FakeCli();
    const cause = new ShimError('SHIM_IO', 'inner', { cause: new TypeError('deep') });
    cli.configFailure = new ShimError('SHIM_INTERNAL', 'outer', { cause });
    expect((await cli.run('list')).stderr).not.toContain('caused by');
    const { stderr } = await cli.run('list', '--log-level', 'debug');
    expect(stderr).toContain('  caused by: inner (SHIM_IO)\n  caused by: TypeError: deep\n');
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  it('tells an error that has no code as a bug', async () => {
    const cli = new FakeCli();
    cli.configFailure = new TypeError('oops');
    const { code, stderr } = await cli.run('list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^shimctl: oops \(SHIM_INTERNAL\)\n/);
  });

  it('leaves silently with 0 when the reader of stdout has gone', async () => {
    const stderr = new Capture();
    const code = await new FakeCli().runWith({ stdout: new BrokenOutput('EPIPE'), stderr }, 'list');
    expect({ code, stderr: stderr.text }).toEqual({ code: 0, stderr: '' });
  });

  it('tells once that stdout cannot be written', async () => {
    const stderr = new Capture();
    const code = await new FakeCli().runWith({ stdout: new BrokenOutput('ENOSPC'), stderr }, 'list');
    expect(code).toBe(1);
    expect(stderr.text.match(/cannot write to stdout: ENOSPC: write \(SHIM_IO\)/g)).toHaveLength(1);
  });

  it('does its work though nobody reads stderr', async () => {
    const cli = new FakeCli();
    cli.config = { warnings: ['careful'] };
    const stdout = new Capture();
    expect(await cli.runWith({ stdout, stderr: new BrokenOutput('EPIPE') }, 'list', '--json')).toBe(0);
    expect(stdout.text).toBe('[]\n');
  });

  it('closes its connections, also after an error', async () => {
    const cli = new FakeCli();
    await cli.run('list');
    await cli.run('inspect', 'nobody');
    expect(cli.shims.closed).toBe(2);
  });
});
