import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const COUNT = 'i=0; while [ $i -lt 2000 ]; do echo "line $i of the log"; i=$((i+1)); done';
const EXPECTED = [...Array(2000).keys()].map((i) => `line ${i} of the log`).join('\n');

describe.each(RUNTIMES)('logs on real %s', (runtime) => {
  it('reads back what was printed, each stream to its own, rotated files included, bytes unchanged', async () => {
    const bench = new Workbench({ runtime });
    bench.writeConfig({ logs: [{ driver: 'file', options: { maxSize: '32k', maxFiles: 20 } }] });
    await bench.ok('run', '-d', '-b', bench.script('b', `${COUNT}; printf 'no newline' >&2`), 'c1');
    await bench.ok('wait', 'c1');
    const { stdout, stderr } = await bench.shimctl(['logs', 'c1'], { stripFinalNewline: false });
    expect(stdout).toBe(`${EXPECTED}\n`);
    expect(stderr).toBe('no newline');
    expect(await bench.ok('logs', '--tail', '2', '--stdout', 'c1')).toBe('line 1998 of the log\nline 1999 of the log');
    expect(readdirSync(join(bench.logRoot, 'default', 'c1')).length).toBeGreaterThan(2);
    expect(statSync(join(bench.logRoot, 'default', 'c1', 'container.log')).mode & 0o777).toBe(0o640);
  });

  it('follows until the container has ended', async () => {
    const bench = new Workbench({ runtime });
    const script = 'mkfifo /run/go; echo first; read x < /run/go; echo second';
    const mounts = [{ source: join(bench.directory, 'run'), destination: '/run' }];
    mkdirSync(join(bench.directory, 'run'));
    await bench.ok('run', '-d', '-b', bench.script('b', script, { mounts }), 'c1');
    const follower = bench.shimctl(['logs', '-f', 'c1']);
    await until(
      'the first line is read back',
      () => follower.stdout?.readableLength !== undefined && bench.ok('logs', 'c1').then((text) => text === 'first'),
    );
    await bench.ok('exec', 'c1', '--', 'sh', '-c', 'echo > /run/go');
    const { exitCode, stdout } = await follower;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'first\nsecond' });
  });

  it('gives everything to each of several drivers', async () => {
    const bench = new Workbench({ runtime });
    const raw = join(bench.directory, 'raw.log');
    const args = ['--log', 'file', '--log', `file,format=raw,path=${raw}`, 'run', '-b', bench.script('b', COUNT), 'c1'];
    expect((await bench.shimctl(args)).exitCode).toBe(0);
    expect(readFileSync(raw, 'utf8')).toBe(`${EXPECTED}\n`);
    expect(await bench.ok('logs', 'c1')).toBe(EXPECTED);
  });
});

describe('two drivers', () => {
  it('of one kind write files of their own', async () => {
    const bench = new Workbench();
    const args = ['--log', 'file', '--log', 'file,format=raw', 'run', '-b', bench.script('b', 'echo one'), 'c1'];
    expect((await bench.shimctl(args)).exitCode).toBe(0);
    expect(await bench.ok('logs', 'c1')).toBe('one');
    expect(readFileSync(join(bench.logRoot, 'default', 'c1', 'file-2', 'container.log'), 'utf8')).toBe('one\n');
  });

  it('of one file are refused', async () => {
    const bench = new Workbench();
    const log = `file,path=${join(bench.directory, 'x.log')}`;
    const args = ['--log', log, '--log', log, 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { stderr } = await bench.shimctl(args);
    expect(stderr).toMatch(/--log file,path=.*logs\[0\] writes .*\(SHIM_CONFIG_INVALID\)/s);
  });
});

describe('a log disk that is full', () => {
  it('costs records that are counted, never the container, and logging resumes when there is space', async () => {
    const bench = new Workbench();
    const disk = bench.tmpfs('disk', '256k');
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(240 << 10));
    const script = 'i=0; while [ ! -e /run/enough ]; do echo "line $i"; i=$((i+1)); done; echo last; sleep 1000';
    const mounts = [{ source: join(bench.directory, 'run'), destination: '/run' }];
    mkdirSync(join(bench.directory, 'run'));
    bench.writeConfig({ logRoot: disk, logs: [{ driver: 'file', options: { maxSize: '64k', maxFiles: 1 } }] });
    await bench.ok('run', '-d', '-b', bench.script('b', script, { mounts }), 'c1');
    await until('records are lost and counted', async () => (await bench.inspect('c1')).lost.records > 0);
    expect((await bench.inspect('c1')).lost.byDriver['file']?.reason).toBe('ENOSPC');
    rmSync(filler);
    writeFileSync(join(bench.directory, 'run', 'enough'), '');
    await until('logging has resumed', async () => (await bench.ok('logs', '--tail', '1', 'c1')) === 'last');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running' });
    await bench.ok('delete', '--force', 'c1');
  });
});
