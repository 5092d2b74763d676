import { closeSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { HttpShimClient } from '../../src/client/http-client.js';
import { groupEndpoint } from '../../src/client/reach.js';
import { startKeeper, type StartKeeperOptions } from '../../src/client/start-keeper.js';
import { gone, KeeperGroups, type About } from './support/keeper-groups.js';

let groups: KeeperGroups;
beforeEach(() => void (groups = new KeeperGroups()));
afterEach(() => groups.stop());

/** The group's shimd, whose keeper is started as the options say if there is none. */
async function ask(more: Partial<StartKeeperOptions> = {}): Promise<About> {
  const client = new HttpShimClient(groupEndpoint(groups.options(more)));
  try {
    const about = (await client.version()) as unknown as About;
    groups.own(about.keeper);
    return about;
  } finally {
    client.close();
  }
}

async function kill({ keeper, pid }: About): Promise<void> {
  process.kill(keeper, 'SIGKILL');
  for (const one of [keeper, pid]) await gone(one);
}

function frontEnd(name: string): string {
  const path = join(groups.directory, name);
  writeFileSync(path, '');
  return path;
}

function recorded(text: string): void {
  mkdirSync(groups.layout.group('g1'), { recursive: true, mode: 0o700 });
  writeFileSync(groups.layout.groupStart('g1'), text);
}

const log = (): string => readFileSync(groups.layout.groupLog('g1'), 'utf8');

describe('what a keeper was started with', () => {
  it('is what the next one is started with by somebody who does not know', async () => {
    const path = frontEnd('a.mjs');
    const launchSocket = groups.layout.launchSocket('mine');
    const first = await ask({ frontEnds: [path], launchSocket });
    expect(first.arguments).toEqual(['--front-end', path]);
    expect(statSync(groups.layout.groupStart('g1')).mode & 0o7777).toBe(0o600);
    await kill(first);
    rmSync(groups.layout.launchSockets, { recursive: true });
    expect((await ask()).arguments).toEqual(['--front-end', path]);
    closeSync(native.seqpacketConnect(launchSocket));
  });

  it('is kept for launchers that need no front end', async () => {
    const launchSocket = groups.layout.launchSocket('mine');
    await kill(await ask({ launchSocket }));
    rmSync(groups.layout.launchSockets, { recursive: true });
    expect((await ask()).arguments).toEqual([]);
    closeSync(native.seqpacketConnect(launchSocket));
  });

  it('gives way to what the next one is told', async () => {
    const [a, b] = [frontEnd('a.mjs'), frontEnd('b.mjs')];
    await kill(await ask({ frontEnds: [a], launchSocket: groups.layout.launchSocket('mine') }));
    await kill(await ask({ frontEnds: [b] }));
    expect((await ask()).arguments).toEqual(['--front-end', b]);
  });

  it('is nothing for a group that never had any', async () => {
    await kill(await ask());
    expect((await ask()).arguments).toEqual([]);
    expect(log()).toBe('');
  });

  it('is left out, and told, if it is not there any more', async () => {
    const path = frontEnd('a.mjs');
    await kill(await ask({ frontEnds: [path], launchSocket: groups.layout.launchSocket('mine') }));
    rmSync(path);
    expect((await ask()).arguments).toEqual([]);
    expect(log()).toContain(`holdfast: the front end ${path}, which the group had, is not there any more`);
    expect(() => native.seqpacketConnect(groups.layout.launchSocket('mine'))).toThrow();
  });

  it.each([
    '',
    'null',
    '[]',
    '{"schema":2,"frontEnds":[]}',
    '{"schema":1}',
    '{"schema":1,"frontEnds":["a.mjs"]}',
    '{"schema":1,"frontEnds":[7]}',
    '{"schema":1,"frontEnds":["/a\\u0000b"]}',
    '{"schema":1,"frontEnds":["/"],"launchKind":"../s"}',
    JSON.stringify({ schema: 1, frontEnds: Array(17).fill('/') }),
    ' '.repeat(65 << 10),
  ])('is left out, and told, if its record is %j', async (text) => {
    recorded(text);
    expect((await ask()).arguments).toEqual([]);
    expect(log()).toContain(`holdfast: ${groups.layout.groupStart('g1')} can't be used`);
  });

  it('is not looked for behind a link, nor written through one', async () => {
    const victim = frontEnd('victim');
    recorded('');
    rmSync(groups.layout.groupStart('g1'));
    symlinkSync(victim, groups.layout.groupStart('g1'));
    await expect(startKeeper(groups.options())).rejects.toMatchObject({ code: 'SHIM_STATE_INSECURE' });
    symlinkSync(victim, `${groups.layout.groupStart('g1')}.new`);
    expect((await ask({ frontEnds: [] })).arguments).toEqual([]);
    expect(readFileSync(victim, 'utf8')).toBe('');
  });
});

it('a caller may prepare the directory with the lock in hand', async () => {
  let prepared = 0;
  const prepare = (): void => {
    expect(statSync(groups.layout.group('g1')).isDirectory()).toBe(true);
    prepared += 1;
  };
  const { keeper } = await ask({ prepare });
  expect((await ask({ prepare })).keeper).toBe(keeper);
  expect(prepared).toBe(1);
  await expect(startKeeper(groups.options({ prepare }))).resolves.toBe('busy');
  expect(prepared).toBe(1);
});
