import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

describe('flock', () => {
  const temp = useTempDirectory();

  it('is exclusive between descriptions, and false at once if another holds it', () => {
    const [first, second] = [openSync(temp.path('lock'), 'w'), openSync(temp.path('lock'), 'r')];
    expect(native.flock(first, true)).toBe(true);
    expect(native.flock(second, true)).toBe(false);
    expect(native.flock(second, false)).toBe(false);
    closeSync(first);
    expect(native.flock(second, true)).toBe(true);
    closeSync(second);
  });

  it('is shared if asked', () => {
    const [first, second] = [openSync(temp.path('lock'), 'w'), openSync(temp.path('lock'), 'r')];
    expect(native.flock(first, false)).toBe(true);
    expect(native.flock(second, false)).toBe(true);
    expect(native.flock(second, true)).toBe(false);
    closeSync(first);
    closeSync(second);
    expect(() => native.flock(9999, true)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'flock' }));
  });
});

describe('setCloseOnExec', () => {
  it('decides whether a descriptor reaches the next program', () => {
    const [read, write] = native.pipe(false);
    const reaches = (): boolean => {
      const script = `test -e /proc/self/fd/${write} && echo yes || echo no`;
      // Node sets CLOEXEC on nothing of ours, so the shell has what is not marked.
      return execFileSync('sh', ['-c', script], { encoding: 'utf8' }) === 'yes\n';
    };
    expect(reaches()).toBe(false);
    native.setCloseOnExec(write, false);
    expect(reaches()).toBe(true);
    native.setCloseOnExec(write, true);
    expect(reaches()).toBe(false);
    closeSync(read);
    closeSync(write);
  });
});

describe('isSealed', () => {
  const temp = useTempDirectory();

  it('is false for what others may change', () => {
    const file = openSync(temp.path('file'), 'w+');
    const [read, write] = native.pipe(false);
    for (const fd of [file, read]) expect(native.isSealed(fd)).toBe(false);
    for (const fd of [file, read, write]) closeSync(fd);
    expect(() => native.isSealed(9999)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

describe('realtime', () => {
  it('is the time of day in nanoseconds and finer than milliseconds', () => {
    expect(Math.abs(Number(native.realtime() / 1_000_000n) - Date.now())).toBeLessThan(1000);
    const parts = Array.from({ length: 100 }, () => native.realtime() % 1_000_000n);
    expect(new Set(parts).size).toBeGreaterThan(1);
  });
});
