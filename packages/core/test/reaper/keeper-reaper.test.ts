import { describe, expect, onTestFinished, test } from 'vitest';
import { ForeignProcesses } from '../../src/reaper/foreign-processes.js';
import { KeeperReaper } from '../../src/reaper/keeper-reaper.js';
import { bootId } from '../../src/reaper/process-identity.js';
import { exitedWith, FakeKeeper } from '../support/fake-keeper.js';

/** Beyond pid_max: no process ever has it. */
const NO_PID = 5_000_000;

function reaperOf(keeper: FakeKeeper): KeeperReaper {
  const foreign = new ForeignProcesses();
  onTestFinished(() => foreign.close());
  return new KeeperReaper(keeper, keeper.pid, foreign, keeper.welcome());
}

describe('track', () => {
  test('reports an exit that comes after registration, and leaves its acknowledgement to the caller', async () => {
    const keeper = new FakeKeeper();
    const process = await reaperOf(keeper).track(() => keeper.adopt());
    await keeper.exit(process.pid, exitedWith(3));
    const exit = await process.exited;
    expect(exit).toMatchObject({ status: { kind: 'exited', code: 3 }, time: 1_700_000_000_000_000_000n });
    expect(keeper.acknowledged).toEqual([]);
    exit.acknowledge();
    expect(keeper.kept).toEqual([]);
  });

  test('loses no exit that comes before the spawn has resolved', async () => {
    const keeper = new FakeKeeper();
    const process = await reaperOf(keeper).track(async () => {
      const { pid } = await keeper.adopt();
      await keeper.exit(pid, exitedWith(7));
      return { pid };
    });
    expect((await process.exited).status).toEqual({ kind: 'exited', code: 7 });
  });

  test('takes nobody else for a process that has ended, though its pid is in use again', async () => {
    const keeper = new FakeKeeper();
    const tracked = await reaperOf(keeper).track(async () => {
      // The parent of the test is alive and no child of the keeper.
      keeper.report({ pid: process.ppid, startTime: 5n, waitStatus: exitedWith(7) });
      return Promise.resolve({ pid: process.ppid });
    });
    expect((await tracked.exited).status).toEqual({ kind: 'exited', code: 7 });
  });

  test('keeps what the spawn resolved to', async () => {
    const keeper = new FakeKeeper();
    const tracked = await reaperOf(keeper).track(async () => ({ ...(await keeper.adopt()), extra: 'kept' }));
    expect(tracked).toMatchObject({ extra: 'kept', bootId: bootId() });
  });

  test('passes a failure on and forgets the orphans of it', async () => {
    const keeper = new FakeKeeper();
    const reaper = reaperOf(keeper);
    const failed = reaper.track(async () => {
      const { pid } = await keeper.adopt();
      await keeper.exit(pid, 9);
      throw new Error('no container');
    });
    await expect(failed).rejects.toThrow('no container');
    expect(keeper.kept).toEqual([]);
  });

  test('tells all 256 codes and 64 signals apart', async () => {
    const keeper = new FakeKeeper();
    const reaper = reaperOf(keeper);
    const statuses = [
      ...Array.from({ length: 256 }, (_, code) => exitedWith(code)),
      ...Array.from({ length: 64 }, (_, i) => i + 1),
    ];
    for (const [i, waitStatus] of statuses.entries()) {
      const pid = NO_PID + i;
      const process = await reaper.track(() => {
        keeper.report({ pid, startTime: 1n, waitStatus });
        return Promise.resolve({ pid });
      });
      const expected = i < 256 ? { kind: 'exited', code: i } : { kind: 'signaled', signal: i - 255 };
      expect((await process.exited).status).toEqual(expected);
    }
  });
});

describe('orphans', () => {
  test('are acknowledged at once when nobody could want them', () => {
    const keeper = new FakeKeeper();
    reaperOf(keeper);
    const exit = keeper.report({ pid: NO_PID, startTime: 1n, waitStatus: 0 });
    expect(keeper.acknowledged).toEqual([exit.seq]);
  });

  test('are kept while anyone holds, and acknowledged with the last release, which counts once', () => {
    const keeper = new FakeKeeper();
    const reaper = reaperOf(keeper);
    const [first, second] = [reaper.hold(), reaper.hold()];
    keeper.report({ pid: NO_PID, startTime: 1n, waitStatus: 0 });
    first();
    first();
    expect(keeper.acknowledged).toEqual([]);
    second();
    expect(keeper.acknowledged).toEqual([1n]);
  });
});

describe('after a restart', () => {
  test('a replayed exit is found by whoever adopts its process', async () => {
    const keeper = new FakeKeeper();
    const { pid, startTime } = await keeper.adopt();
    await keeper.exit(pid, exitedWith(5));
    const reaper = reaperOf(keeper);
    const exit = await reaper.adopt({ pid, startTime, bootId: bootId() }).exited;
    expect(exit.status).toEqual({ kind: 'exited', code: 5 });
    exit.acknowledge();
    expect(keeper.kept).toEqual([]);
  });

  test('replayed exits stay with the keeper until the first release', () => {
    const keeper = new FakeKeeper();
    keeper.report({ pid: NO_PID, startTime: 1n, waitStatus: 0 });
    const reaper = reaperOf(keeper);
    expect(keeper.acknowledged).toEqual([]);
    reaper.hold()();
    expect(keeper.acknowledged).toEqual([1n]);
  });

  test('a child that still runs is waited for', async () => {
    const keeper = new FakeKeeper();
    const { pid, startTime } = await keeper.adopt();
    const process = reaperOf(keeper).adopt({ pid, startTime, bootId: bootId() });
    await keeper.exit(pid, 15);
    expect((await process.exited).status).toEqual({ kind: 'signaled', signal: 15 });
  });

  test('a process that is gone and was never reported ended in an unknown way', async () => {
    const process = reaperOf(new FakeKeeper()).adopt({ pid: NO_PID, startTime: 5n, bootId: bootId() });
    expect((await process.exited).status).toEqual({ kind: 'unknown' });
  });

  test('a process of another boot ended in an unknown way, whoever has its pid', async () => {
    const keeper = new FakeKeeper();
    const { pid, startTime } = await keeper.adopt();
    const process = reaperOf(keeper).adopt({ pid, startTime, bootId: 'another' });
    expect((await process.exited).status).toEqual({ kind: 'unknown' });
  });

  test('of two exits of one pid each goes to the process with its start time', async () => {
    const keeper = new FakeKeeper();
    keeper.report({ pid: NO_PID, startTime: 1n, waitStatus: exitedWith(1) });
    keeper.report({ pid: NO_PID, startTime: 2n, waitStatus: exitedWith(2) });
    const reaper = reaperOf(keeper);
    const exits = [1n, 2n].map((startTime) => reaper.adopt({ pid: NO_PID, startTime, bootId: bootId() }).exited);
    expect((await Promise.all(exits)).map(({ status }) => status)).toEqual([
      { kind: 'exited', code: 1 },
      { kind: 'exited', code: 2 },
    ]);
  });

  test('a process whose pid another child of the keeper has now is not waited for, and takes nothing from that one', async () => {
    const keeper = new FakeKeeper();
    const reaper = reaperOf(keeper);
    const { pid, startTime } = await keeper.adopt();
    const now = reaper.adopt({ pid, startTime, bootId: bootId() });
    const before = reaper.adopt({ pid, startTime: startTime - 1n, bootId: bootId() });
    expect((await before.exited).status).toEqual({ kind: 'unknown' });
    await keeper.exit(pid, exitedWith(4));
    expect((await now.exited).status).toEqual({ kind: 'exited', code: 4 });
  });
});

describe('a command of an earlier shimd', () => {
  test('that has ended is found by its tag', async () => {
    const keeper = new FakeKeeper();
    keeper.report({ pid: NO_PID, startTime: 1n, waitStatus: 0, tag: 'create' });
    expect((await reaperOf(keeper).command('create'))?.status).toEqual({ kind: 'exited', code: 0 });
  });

  test('that still runs is waited for', async () => {
    const keeper = new FakeKeeper();
    const { pid } = await keeper.adopt('create');
    const ended = reaperOf(keeper).command('create');
    await keeper.exit(pid, exitedWith(1));
    expect((await ended)?.status).toEqual({ kind: 'exited', code: 1 });
  });

  test('that the keeper does not know is undefined', () => {
    expect(reaperOf(new FakeKeeper()).command('create')).toBeUndefined();
  });
});
