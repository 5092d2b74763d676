import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { crashLoop, readCrashes } from '../../src/client/crashes.js';
import { readProcess } from '../../src/reaper/process-identity.js';
import { StateLayout } from '../../src/state/layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** This process stands in for the keeper. */
const CRASHES = {
  ...{ schema: 1, keeper: process.pid, keeperStart: String(readProcess(process.pid)?.startTime) },
  ...{ deaths: 5, since: 1_700_000_000_000, lastAt: 1_700_000_003_000, lastStatus: 3 << 8, nextAt: 1_700_000_003_800 },
  serving: false,
};

let layout: StateLayout;
beforeEach(() => {
  layout = new StateLayout(temporaryDirectory());
  mkdirSync(layout.group('g1'), { recursive: true, mode: 0o700 });
});

function tell(value: unknown): void {
  writeFileSync(layout.groupCrashes('g1'), typeof value === 'string' ? value : JSON.stringify(value));
}

test('a loop is told with how often, since when, how it ended, where its log is and what helps', () => {
  const nextAt = Date.now() + 3_600_000;
  tell({ ...CRASHES, nextAt });
  expect(crashLoop(layout, 'g1')?.toJSON()).toEqual({
    code: 'SHIM_CRASH_LOOP',
    message: `shimd of group g1 has died 5 times in a row since 2023-11-14T22:13:20.000Z; the last one exited with 3 at 2023-11-14T22:13:23.000Z, and is tried again at ${new Date(nextAt).toISOString()}`,
    where: layout.groupLog('g1'),
    remedy: expect.stringContaining('`shimctl recover`') as string,
  });
  tell({ ...CRASHES, lastStatus: 11, nextAt });
  expect(crashLoop(layout, 'g1')?.message).toMatch(/was ended by SIGSEGV at \S+, and is tried again at /);
  expect(crashLoop(layout, 'g1', () => 'bad\nworse')?.message).toMatch(/Z\nIts log ends with:\nbad\nworse$/);
});

describe('it is no loop', () => {
  test.each([
    ['after fewer deaths', { ...CRASHES, deaths: 4 }],
    ['while the next one is being tried', CRASHES],
    ['while a shimd serves', { ...CRASHES, deaths: 50, serving: true }],
  ])('%s', (_what, crashes) => {
    tell(crashes);
    expect(readCrashes(layout, 'g1')).toMatchObject({ deaths: crashes.deaths });
    expect(crashLoop(layout, 'g1')).toBeUndefined();
  });
});

describe('nothing is known', () => {
  test.each([
    ['of a keeper that has gone', { ...CRASHES, keeper: 0x7fff_fff0 }],
    ['of a keeper whose pid is in use again', { ...CRASHES, keeperStart: '1' }],
    ['from another schema', { ...CRASHES, schema: 2 }],
    ['from words for numbers', { ...CRASHES, deaths: '5' }],
    ['from a number below zero', { ...CRASHES, lastStatus: -1 }],
    ['without serving', { ...CRASHES, serving: undefined }],
    ['from what is no JSON', '{'],
    ['from null', 'null'],
    ['from what is too long', `${JSON.stringify(CRASHES)}${' '.repeat(5000)}`],
  ])('%s', (_what, value) => {
    tell(value);
    expect(readCrashes(layout, 'g1')).toBeUndefined();
  });

  test('from a link, a directory, or nothing', () => {
    const path = layout.groupCrashes('g1');
    expect(readCrashes(layout, 'g1')).toBeUndefined();
    writeFileSync(join(layout.root, 'elsewhere'), JSON.stringify(CRASHES));
    symlinkSync(join(layout.root, 'elsewhere'), path);
    expect(readCrashes(layout, 'g1')).toBeUndefined();
    rmSync(path);
    mkdirSync(path);
    expect(readCrashes(layout, 'g1')).toBeUndefined();
    expect(readCrashes(layout, 'none')).toBeUndefined();
  });
});
