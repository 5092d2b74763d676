import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShimSettings } from '../../src/api/documents.js';
import { LiveSettings } from '../../src/lifecycle/live-settings.js';

const INITIAL: ShimSettings = { logLevel: 'info', idleTimeoutMs: 2_000 };
const OTHER: ShimSettings = { logLevel: 'debug', idleTimeoutMs: 50 };

describe('LiveSettings', () => {
  let directory: string;
  let path: string;
  let put: ShimSettings[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
    path = join(directory, 'settings.json');
    put = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const settings = (): LiveSettings => new LiveSettings(INITIAL, path, (next) => put.push(next));

  it('are what shimd was started with until they are changed', async () => {
    const live = settings();
    expect(live.current).toEqual(INITIAL);
    await live.change(OTHER);
    expect(live.current).toEqual(OTHER);
    expect(put).toEqual([OTHER]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('that stay the same are not written', async () => {
    const live = settings();
    await live.change(INITIAL);
    expect(existsSync(path)).toBe(false);
    await live.change(OTHER);
    rmSync(path);
    await live.change({ ...OTHER });
    expect(existsSync(path)).toBe(false);
    expect(put).toEqual([OTHER]);
    await live.change(INITIAL);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(INITIAL);
  });

  it('outlive shimd, and not its keeper', async () => {
    await settings().change(OTHER);
    const again = settings();
    await again.restore(1);
    expect(again.current).toEqual(OTHER);
    expect(put.at(-1)).toEqual(OTHER);
    const anew = settings();
    await anew.restore(0);
    expect(anew.current).toEqual(INITIAL);
    await anew.restore(1);
    expect(anew.current).toEqual(INITIAL);
  });

  it('are changed one after the other, the last one stays', async () => {
    const live = settings();
    await Promise.all([live.change(OTHER), live.change({ ...OTHER, idleTimeoutMs: 7 })]);
    expect(live.current.idleTimeoutMs).toBe(7);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...OTHER, idleTimeoutMs: 7 });
  });

  it('keep what they were when the disk takes no change', async () => {
    const live = new LiveSettings(INITIAL, join(directory, 'none', 's.json'), (next) => put.push(next));
    await expect(live.change(OTHER)).rejects.toMatchObject({ code: 'SHIM_IO' });
    expect({ current: live.current, put }).toEqual({ current: INITIAL, put: [] });
  });

  it.each(['', '{', '[]', 'null', '{"logLevel":"loud","idleTimeoutMs":1}', '{"logLevel":"info","idleTimeoutMs":-1}'])(
    'do not take up %j',
    async (text) => {
      writeFileSync(path, text);
      const live = settings();
      await live.restore(3);
      expect(live.current).toEqual(INITIAL);
    },
  );

  it('follow no symbolic link', async () => {
    writeFileSync(join(directory, 'other'), JSON.stringify(OTHER));
    symlinkSync('other', path);
    const live = settings();
    await live.restore(3);
    expect(live.current).toEqual(INITIAL);
  });
});
