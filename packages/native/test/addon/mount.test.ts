import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../src/index.js';

const MS_BIND = 4096;
const UMOUNT_NOFOLLOW = 8;

describe.skipIf(process.geteuid?.() !== 0)('mount', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hf-mount-'));
    for (const name of ['target', 'lower', 'upper']) mkdirSync(join(directory, name));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('mounts a file system with options, and unmounts it', async () => {
    const target = join(directory, 'target');
    await native.mount('tmpfs', target, 'tmpfs', 0, 'size=64k,mode=700', '');
    writeFileSync(join(target, 'file'), 'x');
    await native.unmount(target, UMOUNT_NOFOLLOW);
    expect(readdirSync(target)).toEqual([]);
  });

  it('takes a source that is relative to a directory, and leaves our own working directory as it is', async () => {
    const before = process.cwd();
    writeFileSync(join(directory, 'lower', 'seen'), '');
    await native.mount('lower', join(directory, 'target'), '', MS_BIND, '', directory);
    expect(existsSync(join(directory, 'target', 'seen'))).toBe(true);
    expect(process.cwd()).toBe(before);
    await native.unmount(join(directory, 'target'), UMOUNT_NOFOLLOW);
  });

  it('rejects with what failed', async () => {
    const missing = join(directory, 'missing');
    await expect(native.mount('tmpfs', missing, 'tmpfs', 0, '', '')).rejects.toMatchObject({
      ...{ code: 'ENOENT', syscall: 'mount', path: missing },
    });
    await expect(native.mount('x', join(directory, 'target'), '', MS_BIND, '', missing)).rejects.toMatchObject({
      ...{ code: 'ENOENT', syscall: 'chdir' },
    });
    await expect(native.unmount(directory, UMOUNT_NOFOLLOW)).rejects.toMatchObject({
      ...{ code: 'EINVAL', syscall: 'umount2' },
    });
  });

  it('refuses what does not fit or is no text', () => {
    const target = join(directory, 'target');
    expect(() => native.mount('tmpfs', target, 'tmpfs', 0, 'x'.repeat(4096), '')).toThrow(/E2BIG/);
    expect(() => native.mount('a\0b', target, 'tmpfs', 0, '', '')).toThrow(/EINVAL/);
    expect(() => native.mount(7 as unknown as string, target, '', 0, '', '')).toThrow(TypeError);
  });
});
