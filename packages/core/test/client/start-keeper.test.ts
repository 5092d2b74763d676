import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeGroupLock } from '../../src/client/group-lock.js';
import { HttpShimClient } from '../../src/client/http-client.js';
import { openDirectory } from '../../src/client/open-below.js';
import { groupEndpoint } from '../../src/client/reach.js';
import { startKeeper, type StartKeeperOptions } from '../../src/client/start-keeper.js';
import { placedGroups } from '../../src/placement/index.js';
import { StateLayout } from '../../src/state/layout.js';
import { gone, KeeperGroups, type About } from './support/keeper-groups.js';

let groups: KeeperGroups;

beforeEach(() => {
  groups = new KeeperGroups();
});

afterEach(() => groups.stop());

async function start(more: Partial<StartKeeperOptions> = {}): Promise<number> {
  const started = await startKeeper(groups.options(more));
  if (started === 'busy') throw new Error('the lock is held');
  return groups.own(started.pid);
}

async function ask(more: Partial<StartKeeperOptions> = {}, patienceMs = 10_000): Promise<About> {
  const client = new HttpShimClient(groupEndpoint({ ...groups.options(more), patienceMs }));
  try {
    const about = (await client.version()) as unknown as About;
    groups.own(about.keeper);
    return about;
  } finally {
    client.close();
  }
}

function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
}

test('the keeper serves in a session of its own, in private directories', async () => {
  const pid = await start({ shimd: groups.telling('one', 'two') });
  const about = await ask();
  expect(about).toMatchObject({ keeper: pid, cwd: '/', arguments: ['one', 'two'] });
  expect(Number(statFields(pid)[3])).toBe(pid);
  const { layout } = groups;
  for (const path of [layout.root, layout.groups, layout.group('g1'), layout.sockets]) {
    expect(statSync(path).mode & 0o7777).toBe(0o700);
  }
});

test('the keeper listens for launchers where it is told, in a private directory, and nowhere else', async () => {
  const { layout } = groups;
  const launchSocket = layout.launchSocket('containerd');
  await start({ launchSocket });
  expect(statSync(layout.launchSockets).mode & 0o7777).toBe(0o700);
  expect(statSync(launchSocket).isSocket()).toBe(true);
  expect(statSync(launchSocket).mode & 0o777).toBe(0o600);
  const elsewhere = join(layout.root, 's', 'containerd');
  await expect(startKeeper(groups.options({ group: 'g2', launchSocket: elsewhere }))).rejects.toMatchObject({
    code: 'SHIM_INVALID_ARGUMENT',
  });
  expect(() => layout.launchSocket('../s')).toThrow(expect.objectContaining({ code: 'SHIM_INVALID_ID' }));
});

test('a umask that takes everything does not spoil the directories', async () => {
  const before = process.umask(0o777);
  try {
    await start();
  } finally {
    process.umask(before);
  }
  expect((await ask()).keeper).toBeGreaterThan(0);
});

test("nothing of the caller's environment reaches shimd but faults and test switches", async () => {
  const environment = {
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: '/x',
    PATH: '/evil',
    HOLDFAST_ROOT: '/y',
    HOLDFAST_FAULT: 'f',
    HOLDFAST_TEST_A: 'a',
  };
  const about = await ask({ environment });
  expect(about.environment).toEqual({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/',
    LANG: 'C.UTF-8',
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
    HOLDFAST_FAULT: 'f',
    HOLDFAST_TEST_A: 'a',
    HOLDFAST_KEEPER: String(about.keeper),
  });
});

test('starters that come at once get one keeper', async () => {
  const answers = await Promise.all([ask(), ask(), ask(), ask()]);
  expect(new Set(answers.map(({ keeper }) => keeper)).size).toBe(1);
  await expect(startKeeper(groups.options())).resolves.toBe('busy');
});

test('a keeper that was killed leaves its socket behind, and the next call gets a new keeper', async () => {
  const first = await ask();
  process.kill(first.keeper, 'SIGKILL');
  await gone(first.keeper);
  expect(existsSync(groups.layout.apiSocket('g1'))).toBe(true);
  await gone(first.pid);
  const second = await ask();
  expect(second.keeper).not.toBe(first.keeper);
});

test('a lock that somebody holds without serving is waited for, then named', async () => {
  mkdirSync(groups.layout.group('g1'), { recursive: true, mode: 0o700 });
  const directory = openDirectory(groups.layout.group('g1'));
  const lock = await takeGroupLock(directory);
  expect(lock).toBeTypeOf('number');
  try {
    await expect(ask({}, 150)).rejects.toMatchObject({
      code: 'SHIM_UNAVAILABLE',
      message: expect.stringContaining('ENOENT') as string,
    });
  } finally {
    closeSync(lock as number);
    closeSync(directory.fd);
  }
  expect((await ask()).keeper).toBeGreaterThan(0);
});

test('a keeper that is not installed is named', async () => {
  const keeper = join(groups.directory, 'no-such-keeper');
  await expect(start({ keeper })).rejects.toMatchObject({
    code: 'SHIM_KEEPER_START',
    message: expect.stringMatching(/can't be run: .*ENOENT/) as string,
  });
  writeFileSync(keeper, 'no program');
  await expect(start({ keeper })).rejects.toMatchObject({ message: expect.stringContaining('EACCES') as string });
});

test('a keeper that ends, or says nothing, is named with what it wrote', async () => {
  const keeper = join(groups.directory, 'keeper');
  writeFileSync(keeper, '#!/bin/sh\necho "cannot\tdo it" >&2\nexit 3\n');
  chmodSync(keeper, 0o755);
  const failed = await start({ keeper }).catch((error: unknown) => error as Error);
  expect((failed as Error).message).toBe(
    'the keeper of group g1 did not start: it exited with 3 without a word; its log:\ncannot do it',
  );
  writeFileSync(keeper, '#!/bin/sh\necho "error bind: no space" >&3\n');
  await expect(start({ keeper })).rejects.toThrow('the keeper of group g1 did not start: bind: no space');
  writeFileSync(keeper, '#!/bin/sh\nexec sleep 60\n');
  // The one before has said its last word, and has the lock until it has ended.
  const tried = (): Promise<unknown> => start({ keeper, deadlineMs: 200 }).catch((error: unknown) => String(error));
  const silent = await vi.waitUntil(() => tried().then((said) => said !== 'Error: the lock is held' && said), 10_000);
  expect(silent).toContain('it did not say within 0.2 s that it serves');
});

test("the real keeper's failing step is in the message", async () => {
  mkdirSync(groups.layout.apiSocket('g1'), { recursive: true, mode: 0o700 });
  writeFileSync(join(groups.layout.apiSocket('g1'), 'in-the-way'), '');
  for (const path of [groups.layout.root, groups.layout.sockets]) chmodSync(path, 0o700);
  const failed = start();
  await expect(failed).rejects.toMatchObject({ code: 'SHIM_KEEPER_START', where: groups.layout.groupLog('g1') });
  await expect(failed).rejects.toThrow(/did not start: (?!it )/);
});

test('a shimd that dies at once: the error tells its last words', async () => {
  const shimd = { program: process.execPath, args: ['-e', 'console.error("no config here"); process.exit(1)'] };
  await start({ shimd });
  const failed = ask({ shimd });
  await expect(failed).rejects.toMatchObject({ code: 'SHIM_CRASH_LOOP' });
  await expect(failed).rejects.toThrow('no config here');
});

test('a root whose socket path would be too long is refused before anything is made', async () => {
  const layout = new StateLayout(join(groups.directory, 'x'.repeat(90)));
  await expect(startKeeper(groups.options({ layout }))).rejects.toMatchObject({ code: 'SHIM_ROOT_TOO_LONG' });
  expect(existsSync(layout.root)).toBe(false);
});

test('a root that others can enter, or that is a link, is refused', async () => {
  mkdirSync(groups.layout.root, { mode: 0o755 });
  await expect(start()).rejects.toMatchObject({
    code: 'SHIM_STATE_INSECURE',
    message: `${groups.layout.root} belongs to uid 0 and has mode 0755`,
  });
  const link = new StateLayout(join(groups.directory, 'link'));
  symlinkSync(groups.layout.root, link.root);
  await expect(start({ layout: link })).rejects.toMatchObject({ code: 'SHIM_STATE_INSECURE' });
});

test('a lock or log that is a link is refused', async () => {
  const victim = join(groups.directory, 'victim');
  writeFileSync(victim, 'kept');
  mkdirSync(groups.layout.group('g1'), { recursive: true, mode: 0o700 });
  symlinkSync(victim, groups.layout.groupLog('g1'));
  await expect(start()).rejects.toMatchObject({ code: 'SHIM_STATE_INSECURE' });
  mkdirSync(groups.layout.group('g2'), { mode: 0o700 });
  symlinkSync(victim, groups.layout.groupLock('g2'));
  await expect(start({ group: 'g2' })).rejects.toMatchObject({ code: 'SHIM_STATE_INSECURE' });
  expect(readFileSync(victim, 'utf8')).toBe('kept');
});

test('a name that is no group is refused', async () => {
  await expect(start({ group: '../x' })).rejects.toMatchObject({ code: 'SHIM_INVALID_ID' });
});

test('the next start of any group removes the cgroups of keepers that have gone', async () => {
  const first = await start({ group: 'old' });
  await start({ group: 'alive' });
  process.kill(first, 'SIGKILL');
  await gone(first);
  // A process that has not been reaped by init yet still sits in its cgroup.
  await expect
    .poll(
      async () => {
        const keeper = await start({ group: 'new' });
        process.kill(keeper, 'SIGKILL');
        await gone(keeper);
        return placedGroups(groups.layout.root).sort();
      },
      { interval: 200, timeout: 20_000 },
    )
    .toEqual(['alive', 'new']);
});
