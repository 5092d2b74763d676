import { closeSync, openSync, writeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SpawnError, type SpawnRequest } from '../../src/keeper/keeper.js';
import { ForeignProcesses } from '../../src/reaper/foreign-processes.js';
import { KeeperReaper } from '../../src/reaper/keeper-reaper.js';
import { KeeperCommandRunner } from '../../src/runtime/keeper-command-runner.js';
import { exitedWith, FakeKeeper } from '../support/fake-keeper.js';
import { until } from '../support/until.js';

function setUp(timeoutMs = 10_000): { keeper: FakeKeeper; runner: KeeperCommandRunner } {
  const keeper = new FakeKeeper();
  const foreign = new ForeignProcesses();
  onTestFinished(() => foreign.close());
  const reaper = new KeeperReaper(keeper, keeper.pid, foreign, keeper.welcome());
  return { keeper, runner: new KeeperCommandRunner(keeper, reaper, timeoutMs) };
}

/** A program that prints and ends as it is started. */
function plays(keeper: FakeKeeper, waitStatus: number, print: (request: SpawnRequest) => void = () => undefined): void {
  keeper.onSpawn = async (request, { pid }) => {
    print(request);
    await keeper.exit(pid, waitStatus);
  };
}

describe('a captured command', () => {
  test('gives back code and output, in a clean environment with additions, and acknowledges the exit', async () => {
    const { keeper, runner } = setUp();
    plays(keeper, exitedWith(3), ({ stdio }) => {
      writeSync(stdio[1] as number, 'out');
      writeSync(stdio[2] as number, 'err');
    });
    const result = await runner.run({ argv: ['runc', 'list'], env: { X: '1' }, cwd: '/tmp' });
    expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
      code: 3,
      signal: null,
      stdout: 'out',
      stderr: 'err',
    });
    expect(keeper.spawned[0]).toMatchObject({
      tag: '',
      argv: ['runc', 'list'],
      cwd: '/tmp',
      env: { X: '1', HOME: '/', LANG: 'C.UTF-8' },
    });
    expect(Object.keys(keeper.spawned[0]?.env ?? {}).sort()).toEqual(['HOME', 'LANG', 'PATH', 'X']);
    expect(keeper.kept).toEqual([]);
  });

  test('keeps 1 MiB of its output, reads the rest, and is not blocked by it', async () => {
    const { keeper, runner } = setUp();
    const piece = Buffer.alloc(60_000, 'x');
    keeper.onSpawn = ({ stdio }, { pid }) => {
      let left = 40;
      const more = (): void => {
        // Written in this very process: a full pipe would block its reader too.
        if (native.pipeBytes(stdio[1] as number) === 0)
          writeSync(stdio[1] as number, piece, 0, left-- > 0 ? piece.length : 0);
        if (left > 0) setImmediate(more);
        else void keeper.exit(pid, 0);
      };
      more();
    };
    const { stdout } = await runner.run({ argv: ['x'] });
    expect(stdout.length).toBe(1 << 20);
  });

  test('tells the signal that ended it', async () => {
    const { keeper, runner } = setUp();
    plays(keeper, 11);
    await expect(runner.run({ argv: ['x'] })).resolves.toMatchObject({ code: null, signal: 11 });
  });
});

test('a command with stdio of its own gets those descriptors, tagged with their owner', async () => {
  const { keeper, runner } = setUp();
  plays(keeper, 0);
  const fd = openSync('/dev/null', 'r+');
  onTestFinished(() => closeSync(fd));
  const result = await runner.run({ argv: ['x'], stdio: { stdin: fd, stdout: fd, stderr: fd, owner: 'instance' } });
  expect(keeper.spawned[0]).toMatchObject({ tag: 'instance', stdio: [fd, fd, fd] });
  const stdio = { stdin: fd, stdout: fd, stderr: fd, owner: 'instance', descriptors: [fd, 0] };
  await runner.run({ argv: ['x'], stdio });
  expect(keeper.spawned[1]?.stdio).toEqual([fd, fd, fd, fd, 0]);
  expect(result.stdout.length + result.stderr.length).toBe(0);
});

describe('a command that does not end', () => {
  const killed = (keeper: FakeKeeper): void => {
    keeper.onSpawn = (_request, { pid }) => {
      // The fake keeper's child is killed with its group; its exit is reported as the real keeper would.
      void until(() => !processRuns(pid)).then(() => keeper.exit(pid, 9));
    };
  };

  test('is killed with its group when its time is up', async () => {
    const { keeper, runner } = setUp();
    killed(keeper);
    await expect(runner.run({ argv: ['x', 'y'], timeoutMs: 20 })).rejects.toMatchObject({
      code: 'SHIM_RUNTIME_TIMEOUT',
      message: 'no end after 20 ms: x y',
    });
    expect(keeper.kept).toEqual([]);
  });

  test('is killed when the caller gives up', async () => {
    const { keeper, runner } = setUp();
    killed(keeper);
    const controller = new AbortController();
    const running = runner.run({ argv: ['x'], signal: controller.signal });
    await until(() => keeper.spawned.length === 1);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'SHIM_TIMEOUT' });
  });

  test('is killed when the caller gave up while it was being started', async () => {
    const { keeper, runner } = setUp();
    const controller = new AbortController();
    killed(keeper);
    const watch = keeper.onSpawn;
    keeper.onSpawn = (request, process) => {
      controller.abort();
      return watch(request, process);
    };
    await expect(runner.run({ argv: ['x'], signal: controller.signal })).rejects.toMatchObject({
      code: 'SHIM_TIMEOUT',
    });
  });

  test('is not even started for a caller who has given up', async () => {
    const { keeper, runner } = setUp();
    await expect(runner.run({ argv: ['x'], signal: AbortSignal.abort() })).rejects.toThrow();
    expect(keeper.spawned).toEqual([]);
  });
});

test.each([
  [2, 'exec', 'SHIM_RUNTIME_BINARY_NOT_FOUND'],
  [13, 'exec', 'SHIM_RUNTIME_NOT_EXECUTABLE'],
  [8, 'exec', 'SHIM_RUNTIME_NOT_EXECUTABLE'],
  [2, 'chdir', 'SHIM_BUNDLE_NOT_FOUND'],
  [11, 'fork', 'SHIM_IO'],
])('errno %i of %s is %s', async (errno, step, code) => {
  const { keeper, runner } = setUp();
  keeper.onSpawn = () => {
    throw new SpawnError(errno, step);
  };
  await expect(runner.run({ argv: ['prog'], cwd: '/w' })).rejects.toMatchObject({
    code,
    where: step === 'chdir' ? '/w' : 'prog',
  });
});

function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
