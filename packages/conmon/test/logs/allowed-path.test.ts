import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowedPath } from '../../src/logs/allowed-path.js';

describe('a path that must lie below certain directories', () => {
  let place: string;
  beforeEach(() => {
    place = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-allowed-')));
    for (const name of ['logs', 'logs/deep', 'other']) mkdirSync(join(place, name));
    symlinkSync(join(place, 'other'), join(place, 'logs', 'out'));
    symlinkSync(join(place, 'logs'), join(place, 'other', 'in'));
    symlinkSync(join(place, 'nowhere'), join(place, 'logs', 'dangling'));
    symlinkSync('loop', join(place, 'logs', 'loop'));
  });
  afterEach(() => rmSync(place, { recursive: true }));

  const allowed = (path: string, ...directories: string[]): string =>
    allowedPath(
      join(place, path),
      directories.map((each) => join(place, each)),
    ).slice(place.length + 1);

  it.each([
    ['logs/a', 'logs/a'],
    ['logs/deep/a', 'logs/deep/a'],
    ['other/in/a', 'logs/a'],
    ['logs/new/newer/a', 'logs/new/newer/a'],
    ['logs/..a', 'logs/..a'],
  ])('%s is %s', (path, real) => {
    expect(allowed(path, 'nothing-here', 'logs')).toBe(real);
  });

  it.each(['logs', 'logs/../other/a', 'logs/out/a', 'logs/out/new/a', 'other/a', 'logs-too/a'])('%s is not', (path) => {
    expect(() => allowed(path, 'logs')).toThrow('below none of the directories');
  });

  it.each(['logs/dangling/a', 'logs/dangling/b/a', 'logs/loop/a'])('%s can not be looked at', (path) => {
    expect(() => allowed(path, 'logs')).toThrow(/ENOENT|ELOOP/);
  });

  it('may lie below a directory that is named by a link', () => {
    expect(allowed('logs/a', 'other/in')).toBe('logs/a');
  });
});
