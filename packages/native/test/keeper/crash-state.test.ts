import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import type { KeeperProcess } from '../support/keeper-process.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

interface CrashState {
  readonly deaths: number;
  readonly since: number;
  readonly lastAt: number;
  readonly nextAt: number;
  readonly serving: boolean;
}

const SIGUSR1 = 10;
const SIGTERM = 15;

function pathOf(keeper: KeeperProcess): string {
  return join(keeper.directory, 'state');
}

function stateOf(keeper: KeeperProcess): CrashState | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(keeper), 'utf8')) as CrashState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const named = (directory: string): string[] => ['--state', join(directory, 'state')];
const DIES = ['/bin/sh', '-c', 'exit 3'];

describe.each(VARIANTS)('what the keeper tells of a shimd that dies (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('is nothing while it lives', async () => {
    const client = await keepers.ready({ prepare: named });
    await client.hello(2);
    expect(stateOf(keepers.current())).toBeUndefined();
  });

  it('is how often, since when, with which status, and when it is tried next', async () => {
    const before = Date.now();
    const keeper = await keepers.start({ program: DIES, prepare: named });
    await until(() => (stateOf(keeper)?.deaths ?? 0) >= 4);
    const state = stateOf(keeper) as CrashState;
    const ticks = readFileSync(`/proc/${keeper.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
    expect(state).toMatchObject({
      schema: 1,
      keeper: keeper.pid,
      keeperStart: ticks,
      lastStatus: 3 << 8,
      serving: false,
    });
    expect(state.since).toBeGreaterThanOrEqual(before);
    expect(state.lastAt).toBeGreaterThan(state.since);
    // At once, then 100, 200, 400 ms: doubled with each death.
    expect(state.nextAt - state.lastAt).toBe(100 * 2 ** (state.deaths - 2));
    expect(statSync(pathOf(keeper)).mode & 0o777).toBe(0o600);
  });

  it('says that the next one serves, by its word or by that of version 1', async () => {
    let client = await keepers.ready({ prepare: named });
    const keeper = keepers.current();
    client.crashShimd(1);
    client = await keeper.connect();
    expect(stateOf(keeper)).toMatchObject({ deaths: 1, serving: false });
    await client.hello(2);
    expect(stateOf(keeper)).toMatchObject({ deaths: 1, serving: false });
    client.serving();
    await client.hello(2);
    expect(stateOf(keeper)).toMatchObject({ deaths: 1, serving: true });
    client.crashShimd(1);
    client = await keeper.connect();
    await client.hello(1);
    expect(stateOf(keeper)).toMatchObject({ deaths: 2, serving: true });
  });

  it('counts no shimd that gives way to another, nor one that was tried in vain', async () => {
    let client = await keepers.ready({ prepare: named });
    await client.hello(2);
    await client.replace('bad', DIES);
    client.crashShimd(0);
    client = await keepers.current().connect();
    expect((await client.hello(2)).replacement).toMatchObject({ outcome: 3 });
    expect(stateOf(keepers.current())).toBeUndefined();
  });

  it('is tried at once on USR1', async () => {
    const keeper = await keepers.start({ program: DIES, prepare: named });
    await until(() => (stateOf(keeper)?.deaths ?? 0) >= 5);
    const { deaths, lastAt } = stateOf(keeper) as CrashState;
    for (let round = 1; round <= 6; round++) {
      keeper.signal(SIGUSR1);
      await until(() => (stateOf(keeper)?.deaths ?? 0) >= deaths + round);
    }
    // By itself it would have waited 0.8, 1.6, 3.2, 6.4, 10 and 10 s.
    expect((stateOf(keeper) as CrashState).lastAt - lastAt).toBeLessThan(30_000);
  });

  it('is gone when the keeper leaves, and what another keeper left is gone from the start', async () => {
    const prepare = (directory: string): string[] => {
      writeFileSync(join(directory, 'state'), '{"deaths":9}');
      return named(directory);
    };
    let client = await keepers.ready({ prepare });
    const keeper = keepers.current();
    expect(existsSync(pathOf(keeper))).toBe(false);
    client.crashShimd(1);
    client = await keeper.connect();
    await client.hello(2);
    expect(stateOf(keeper)).toMatchObject({ deaths: 1 });
    keeper.signal(SIGTERM);
    await keeper.ended();
    expect(existsSync(pathOf(keeper))).toBe(false);
  });

  it('follows no link, and goes on where it can not be written', async () => {
    const victim = (directory: string): string => join(directory, 'victim');
    const prepare = (directory: string): string[] => {
      writeFileSync(victim(directory), 'kept');
      symlinkSync(victim(directory), join(directory, 'state'));
      symlinkSync(victim(directory), join(directory, 'state.new'));
      return named(directory);
    };
    const keeper = await keepers.start({ program: DIES, prepare });
    await until(() => (stateOf(keeper)?.deaths ?? 0) >= 2);
    expect(readFileSync(victim(keeper.directory), 'utf8')).toBe('kept');
    const other = await keepers.start({
      program: DIES,
      prepare: (directory) => {
        mkdirSync(join(directory, 'state'));
        return named(directory);
      },
    });
    await until(() => /keeper: state .*: Is a directory/.test(other.log));
  });
});
