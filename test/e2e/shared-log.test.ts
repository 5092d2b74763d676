import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectWhole, printLines, readLines } from '../support/numbered-lines.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const LINES = 300;
/** Prints half of its lines, and the others once there is a file. */
const SCRIPT = `${printLines(0, 150)}; while [ ! -e /run/go ]; do sleep 0.02; done; ${printLines(150, LINES)}`;

function logs(bench: Workbench): { path: string; args: readonly string[] } {
  const path = join(bench.directory, 'logs', 'shared.log');
  return { path, args: ['--log', `file,path=${path},maxSize=2k,maxFiles=50`] };
}

describe('a log file that two containers are given', () => {
  it('belongs to the first, whose shimd may be killed, and the second is refused before it is created', async () => {
    const bench = new Workbench();
    const { path, args } = logs(bench);
    const run = join(bench.directory, 'run');
    mkdirSync(run);
    const bundle = bench.script('one', SCRIPT, { mounts: [{ source: run, destination: '/run' }] });
    await bench.ok(...args, 'run', '-d', '-b', bundle, 'one');
    await killShimd(await keeperOf(bench, 'one'));
    await until('the half is written', async () =>
      (await bench.ok('logs', '--stdout', '--tail', '1', 'one')).startsWith('o 149 '),
    );

    const two = bench.script('two', 'echo never');
    const refused = await bench.shimctl([...args, 'run', '-b', two, 'two']);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/shared\.log: the container one \(namespace default, shim \d+\) writes it/);
    expect(refused.stderr).toContain('SHIM_LOG_OPEN');
    // Also by a shim that knows nothing of the first.
    const other = new Workbench();
    const stranger = await other.shimctl([...args, 'run', '-b', other.script('b', 'echo never'), 'one']);
    expect(stranger.stderr).toContain('SHIM_LOG_OPEN');
    expect(await bench.ok('list', '-q')).toBe('one');

    await bench.ok('exec', 'one', '--', 'touch', '/run/go');
    await bench.ok('wait', 'one');
    const { stdout, stderr } = await bench.shimctl(['logs', 'one']);
    expectWhole(readLines(stdout, 'o'), LINES, 1);
    expectWhole(readLines(stderr, 'e'), LINES, 1);
    expect((await bench.inspect('one')).lost.records).toBe(0);
    expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    await bench.ok(...args, 'run', '-b', two, 'two');
    expect(readFileSync(path, 'utf8')).toContain(' never\n');
  });

  it('is not left behind, nor the directories that were made for it, by a create that fails later', async () => {
    const bench = new Workbench();
    const { path, args } = logs(bench);
    const { exitCode } = await bench.shimctl([...args, 'run', '-b', bench.bundle('b', ['/no/such/program']), 'c1']);
    expect(exitCode).not.toBe(0);
    expect(existsSync(join(path, '..'))).toBe(false);
  });
});

describe('shimctl logs of a raw log', () => {
  it.each([['--since', '1h'], ['--until', '1h'], ['--stderr'], ['--stdout'], ['--timestamps']])(
    'refuses %s, which it cannot answer',
    async (...option) => {
      const bench = new Workbench();
      await bench.ok('--log', 'file,format=raw', 'run', '-b', bench.script('b', 'echo one'), 'c1');
      const { exitCode, stdout, stderr } = await bench.shimctl(['logs', ...option, 'c1']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('SHIM_UNSUPPORTED');
    },
  );
});

describe('labels with a format that has no place for them', () => {
  it('are refused before anything is made', async () => {
    const bench = new Workbench();
    const { stderr } = await bench.shimctl(['--log', 'file,labels=app', 'run', '-b', bench.script('b', 'true'), 'c1']);
    expect(stderr).toMatch(/the format cri has no place for labels.*SHIM_CONFIG_INVALID/s);
    expect(await bench.ok('list', '-q')).toBe('');
    expect(existsSync(bench.logRoot)).toBe(false);
  });
});
