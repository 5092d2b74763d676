import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CAN_FREEZE, type FreezableDisk } from '../support/freezable-disk.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** Prints numbered lines until it is told to end. */
const PRINTER = 'trap "echo last; exit 7" TERM; i=0; while :; do echo "line $i"; i=$((i+1)); usleep 2000; done';

/** Containers `frozen`, with its log on a disk that can be frozen, and `other`. */
async function twoContainers(limits: object = {}): Promise<{ bench: Workbench; disk: FreezableDisk; shimd: number }> {
  const bench = new Workbench();
  const disk = bench.freezableDisk('disk');
  const bundle = bench.script('b', PRINTER);
  bench.writeConfig({ limits });
  await bench.ok('run', '-d', '-b', bundle, 'other');
  bench.writeConfig({ limits, logRoot: join(disk.path, 'l') });
  await bench.ok('run', '-d', '-b', bundle, 'frozen');
  await until('both print', async () => (await count(bench, 'frozen')) > 10 && (await count(bench, 'other')) > 10);
  return { bench, disk, shimd: (await bench.inspect('frozen')).shim.pid };
}

async function linesOf(bench: Workbench, id: string): Promise<string[]> {
  return (await bench.ok('logs', id)).split('\n');
}

async function count(bench: Workbench, id: string): Promise<number> {
  return (await linesOf(bench, id)).length;
}

/** A thread of shimd waits for the disk, and nothing can wake it. */
async function freeze(disk: FreezableDisk, shimd: number): Promise<void> {
  disk.freeze();
  const tasks = `/proc/${shimd}/task`;
  const state = (tid: string): string | undefined =>
    /^State:\t(\w)/m.exec(readFileSync(`${tasks}/${tid}/status`, 'utf8'))?.[1];
  await until('a write waits', () => readdirSync(tasks).some((tid) => state(tid) === 'D'));
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i}`);
}

describe.skipIf(!CAN_FREEZE)('a log whose disk is frozen (needs root and loop devices)', () => {
  it('holds up neither exec, nor other logs, and has every line once the disk is there again', async () => {
    const { bench, disk, shimd } = await twoContainers({ logTimeout: '60s' });
    await freeze(disk, shimd);
    expect(await bench.ok('exec', 'frozen', '--', 'echo', 'here')).toBe('here');
    expect(await bench.ok('exec', 'other', '--', 'echo', 'there')).toBe('there');
    const before = await count(bench, 'other');
    await until('the other is logged', async () => (await count(bench, 'other')) > before);
    await bench.ok('stop', 'other');
    expect((await bench.inspect('other')).exitCode).toBe(7);
    disk.thaw();
    const thawed = await count(bench, 'frozen');
    await until('it is logged again', async () => (await count(bench, 'frozen')) > thawed);
    await bench.ok('stop', 'frozen');
    const lines = await linesOf(bench, 'frozen');
    expect(lines).toEqual([...numbered(0, lines.length - 1), 'last']);
    expect((await bench.inspect('frozen')).lost.records).toBe(0);
  });

  it('hides no exit, and what could not be written is counted', async () => {
    const { bench, disk, shimd } = await twoContainers({ logTimeout: '300ms', drainTimeout: '300ms' });
    await freeze(disk, shimd);
    await bench.ok('stop', 'frozen');
    expect(await bench.ok('wait', 'frozen')).toBe('7');
    const { lost } = await bench.inspect('frozen');
    expect(lost.byDriver['file']?.causes?.map(({ reason }) => reason).sort()).toEqual(['stalled', 'timeout']);
    expect(lost.records).toBeGreaterThan(0);

    const early = await bench.shimctl(['delete', 'frozen']);
    expect({ exitCode: early.exitCode, stderr: early.stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('their disk does not answer (SHIM_LOG_REMOVE)') as string,
    });
    expect(await bench.ok('exec', 'other', '--', 'echo', 'here')).toBe('here');
    disk.thaw();
    await until('it has gone', async () => !(await bench.ok('list', '-q')).split('\n').includes('frozen'));
    expect(readdirSync(join(disk.path, 'l'))).toEqual([]);
  });

  it('keeps no shimd from serving others, however many are made and deleted on it', async () => {
    const { bench, disk, shimd } = await twoContainers({ logTimeout: '300ms' });
    await freeze(disk, shimd);
    const bundle = bench.script('b2', 'true');
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) => bench.shimctl(['run', '-d', '-b', bundle, `new${i}`])),
    );
    expect(made.map(({ exitCode }) => exitCode)).toEqual(made.map(() => 125));
    expect(made[0]?.stderr).toContain('SHIM_LOG_OPEN');
    expect(await bench.ok('exec', 'other', '--', 'echo', 'here')).toBe('here');
    await bench.ok('stop', 'other');
    disk.thaw();
    await until('nothing is left of them', async () => (await bench.ok('list', '-q')) === 'other\nfrozen');
    expect(readdirSync(join(disk.path, 'l', 'default'))).toEqual(['frozen']);
  });

  it('keeps no shimd from being followed by another when it is killed', async () => {
    const { bench, disk, shimd } = await twoContainers({ logTimeout: '1s' });
    await freeze(disk, shimd);
    process.kill(shimd, 'SIGKILL');
    expect(await bench.ok('exec', 'other', '--', 'echo', 'here')).toBe('here');
    expect((await bench.inspect('other')).shim.pid).not.toBe(shimd);
    const before = await count(bench, 'other');
    await until('the other is logged', async () => (await count(bench, 'other')) > before);
    await bench.ok('stop', 'other');
    const other = await linesOf(bench, 'other');
    expect([...new Set(other)]).toEqual([...numbered(0, new Set(other).size - 1), 'last']);
    expect((await bench.inspect('other')).lost.records).toBe(0);

    disk.thaw();
    await until('the killed one is gone', () => !existsSync(`/proc/${shimd}`));
    const thawed = await count(bench, 'frozen');
    await until('it is logged again', async () => (await count(bench, 'frozen')) > thawed);
    await bench.ok('stop', 'frozen');
    const { exitCode, lost } = await bench.inspect('frozen');
    const lines = new Set((await linesOf(bench, 'frozen')).filter((line) => /^line \d+$/.test(line)));
    const printed = Math.max(...[...lines].map((line) => Number(line.slice('line '.length)))) + 1;
    expect({ exitCode, all: lines.size + lost.records }).toEqual({ exitCode: 7, all: printed });
  });
});
