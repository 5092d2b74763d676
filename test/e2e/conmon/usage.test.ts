import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';

const RUNTIME = ['-r', '/usr/bin/env'];
const NAMED = ['-c', 'c', '-u', 'c', ...RUNTIME];
const MISTAKES: [string, string[], string][] = [
  ['no id', ['-u', 'c', ...RUNTIME, '-l', 'x'], 'Container ID not provided. Use --cid'],
  ['no uuid', ['-c', 'c', ...RUNTIME, '-l', 'x'], 'Container UUID not provided. Use --cuuid'],
  ['no uuid of an exec', ['--api-version', '-e', '-c', 'c', ...RUNTIME], 'Container UUID not provided. Use --cuuid'],
  ['no runtime', ['-c', 'c', '-u', 'c', '-l', 'x'], 'Runtime path not provided. Use --runtime'],
  ['no such runtime', ['-c', 'c', '-u', 'c', '-l', 'x', '-r', '/no/runc'], 'Runtime path /no/runc is not valid'],
  ['no log', NAMED, 'Log driver not provided. Use --log-path'],
  ['no log file', [...NAMED, '-l', 'k8s-file:'], 'k8s-file requires a filename'],
  ['no such log', [...NAMED, '-l', 'syslog:x'], 'No such log driver syslog'],
  ['an exec of nothing', ['-e', ...NAMED, '-l', 'x'], 'Exec process spec path not provided. Use --exec-process-spec'],
  ['attach of a container', ['--api-version', '--exec-attach', ...NAMED], 'Attach can only be specified with exec'],
  ['attach of old', ['--exec-attach', '-e', ...NAMED], 'Attach can only be specified for a non-legacy exec session'],
  ['no number', [...NAMED, '-T', 'soon', '-l', 'x'], 'Cannot parse integer value "soon"'],
  ['no such flag', [...NAMED, '--no-such-flag'], 'Unknown option --no-such-flag'],
  ['no value', [...NAMED, '-l'], 'Missing argument for -l'],
  ['no such level', [...NAMED, '-l', 'x', '--log-level', 'loud'], 'No such log level loud'],
];

describe('a command line of conmon', () => {
  it.each(MISTAKES)("with a mistake is refused in conmon's words: %s", async (_, args, words) => {
    const bench = new ConmonBench('runc');
    const container = bench.container('true');
    const call = container.run(args);
    call.begin();
    const { code, stdout, stderr } = await call.ended;
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(words)]);
    expect(stderr).toMatch(/^\[conmon:e\]: [^\n]*\n$/);
    expect(await call.saysAll()).toEqual([]);
    expect([readdirSync(container.bundle), existsSync(container.conmonPidFile)]).toEqual([['config.json'], false]);
  });

  it('asks for the version as podman and CRI-O read it, with a shim and without', async () => {
    const bench = new ConmonBench('runc');
    const container = bench.container('true');
    const asks = async (flag: string): Promise<string> => {
      const { code, stdout, stderr } = await container.run([flag], { pipes: [] }).ended;
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    };
    const version = await asks('--version');
    expect(version).toMatch(/^conmon version 2\.2\.1 \(holdfast \S+\)\n$/);
    const help = await asks('--help');
    expect(help).toContain('--exit-command-arg');
    // Nobody was started for that.
    expect(existsSync(join(bench.root, 'groups'))).toBe(false);
    await container.createAndStart();
    expect(await asks('--version')).toBe(version);
    expect(await asks('--help')).toBe(help);
    expect(await container.exitFile()).toBe('0');
  });

  it('may hold what is none of its flags', async () => {
    const container = new ConmonBench('runc').container('exit 3');
    await container.create({ flags: ['stray', '0', '-', '--', '--not-a-flag'] });
    container.start();
    expect(await container.exitFile()).toBe('3');
  });
});
