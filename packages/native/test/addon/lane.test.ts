import { execFile } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, type NativeLane } from '@holdfast/native';
import { binaries } from '../support/binaries.js';
import { useTempDirectory } from '../support/temp-directory.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../fixtures/lane-exit.cjs', import.meta.url));
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;

describe('Lane', () => {
  const temp = useTempDirectory();
  let lane: NativeLane;
  beforeEach(() => {
    lane = new native.Lane();
  });
  afterEach(() => lane.stop());

  it('opens, writes, measures, truncates, syncs, renames, unlinks and closes', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o640);
    await lane.write(fd, Buffer.from('hello'));
    await lane.write(fd, new Uint8Array(0));
    expect(await lane.size(fd)).toBe(5);
    await lane.truncate(fd, 2);
    await lane.sync(fd);
    await lane.rename(temp.path('log'), temp.path('log.1'));
    expect(readFileSync(temp.path('log.1'), 'utf8')).toBe('he');
    await lane.close(fd);
    await expect(lane.size(fd)).rejects.toMatchObject({ code: 'EBADF', syscall: 'fstat' });
    await lane.unlink(temp.path('log.1'));
    expect(existsSync(temp.path('log.1'))).toBe(false);
  });

  it('reads from a position on, as much as there is', async () => {
    writeFileSync(temp.path('file'), '0123456789');
    const fd = await lane.open(temp.path('file'), constants.O_RDONLY, 0);
    const bytes = Buffer.alloc(6, 'x');
    expect(await lane.read(fd, bytes, 2)).toBe(6);
    expect(bytes.toString()).toBe('234567');
    expect(await lane.read(fd, bytes, 8)).toBe(2);
    expect(bytes.toString()).toBe('894567');
    expect(await lane.read(fd, bytes, 10)).toBe(0);
    await lane.close(fd);
    await expect(lane.read(fd, bytes, 0)).rejects.toMatchObject({ code: 'EBADF', syscall: 'read' });
    expect(() => lane.read(fd, 'text' as never, 0)).toThrow(TypeError);
  });

  it('tells what an open file is, and sets its permissions', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    await lane.write(fd, Buffer.from('hello'));
    await lane.chmod(fd, 0o666);
    const { dev, ino, mtimeNs, size, mode } = statSync(temp.path('log'), { bigint: true });
    expect(await lane.stat(fd)).toEqual({
      ...{ isFile: true, isDirectory: false, mode: 0o666, uid: process.getuid?.() },
      ...{ size: Number(size), dev, ino, mtimeNs },
    });
    expect(mode & 0o7777n).toBe(0o666n);
    await lane.close(fd);
    await expect(lane.stat(fd)).rejects.toMatchObject({ code: 'EBADF', syscall: 'fstat' });
    await expect(lane.chmod(fd, 0o600)).rejects.toMatchObject({ code: 'EBADF', syscall: 'fchmod' });
  });

  it('makes, lists and removes directories', async () => {
    const made = temp.path('logs');
    await lane.makeDirectory(made, 0o700);
    expect(statSync(made).mode & 0o7777).toBe(0o700);
    const names = Array.from({ length: 300 }, (_, i) => `${'é'.repeat(20)}${i}`);
    for (const name of names) writeFileSync(temp.path(`logs/${name}`), '');
    expect((await lane.list(made)).sort()).toEqual(names.sort());
    await expect(lane.removeDirectory(made)).rejects.toMatchObject({ code: 'ENOTEMPTY', syscall: 'rmdir', path: made });
    for (const name of names) await lane.unlink(temp.path(`logs/${name}`));
    expect(await lane.list(made)).toEqual([]);
    await lane.removeDirectory(made);
    await expect(lane.list(made)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'scandir', path: made });
    await expect(lane.makeDirectory(temp.path('no/parent'), 0o700)).rejects.toMatchObject({
      ...{ code: 'ENOENT', syscall: 'mkdir' },
    });
  });

  it('lists no directory behind a link', async () => {
    mkdirSync(temp.path('real'));
    symlinkSync(temp.path('real'), temp.path('link'));
    await expect(lane.list(temp.path('link'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(lane.unlink(temp.path('real'))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('locks an open file against every other one, until it is closed', async () => {
    const [first, second] = [
      await lane.open(temp.path('lock'), APPEND, 0o600),
      await lane.open(temp.path('lock'), 0, 0),
    ];
    expect(await lane.lock(first)).toBe(true);
    expect(await lane.lock(first)).toBe(true);
    expect(await lane.lock(second)).toBe(false);
    expect(native.flock(second, false)).toBe(false);
    await lane.close(first);
    expect(await lane.lock(second)).toBe(true);
    await lane.close(second);
    await expect(lane.lock(second)).rejects.toMatchObject({ code: 'EBADF', syscall: 'flock' });
  });

  it('keeps the buffer of a read alive', async () => {
    writeFileSync(temp.path('file'), Buffer.alloc(1_000_000, 7));
    const fd = await lane.open(temp.path('file'), constants.O_RDONLY, 0);
    const reads = Array.from({ length: 32 }, () => lane.read(fd, new Uint8Array(1_000_000), 0));
    for (let i = 0; i < 50; i++) new Uint8Array(1_000_000).fill(255);
    expect(await Promise.all(reads)).toEqual(Array(32).fill(1_000_000));
    await lane.close(fd);
  });

  it('opens close-on-exec', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o640);
    const flags = /flags:\t(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    expect(parseInt(flags ?? '', 8) & 0o2000000).toBe(0o2000000);
    closeSync(fd);
  });

  it('runs what was called in that order, whatever fails between', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const settled: number[] = [];
    const calls = Array.from({ length: 500 }, (_, index) => {
      const call = index % 50 === 7 ? lane.unlink(temp.path('none')) : lane.write(fd, Buffer.from(`${index}\n`));
      return call.then(
        () => settled.push(index),
        () => settled.push(index),
      );
    });
    await Promise.all(calls);
    expect(settled).toEqual(Array.from({ length: 500 }, (_, index) => index));
    const lines = readFileSync(temp.path('log'), 'utf8').trim().split('\n').map(Number);
    expect(lines).toEqual(settled.filter((index) => index % 50 !== 7));
    await lane.close(fd);
  });

  it('keeps the buffer of a write alive', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const writes = Array.from({ length: 64 }, (_, index) => lane.write(fd, new Uint8Array(100_000).fill(index)));
    // Pressure on the heap, so that a buffer nobody holds would be reused.
    for (let i = 0; i < 50; i++) new Uint8Array(1_000_000).fill(255);
    await Promise.all(writes);
    const content = readFileSync(temp.path('log'));
    for (let index = 0; index < 64; index++)
      expect(content.subarray(index * 100_000, (index + 1) * 100_000).every((byte) => byte === index)).toBe(true);
    await lane.close(fd);
  });

  it('rejects like node:fs, with the paths', async () => {
    const [from, to] = [temp.path('from'), temp.path('to')];
    await expect(lane.open(temp.path('no/dir'), APPEND, 0o600)).rejects.toMatchObject({
      message: `ENOENT: no such file or directory, open '${temp.path('no/dir')}'`,
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
      path: temp.path('no/dir'),
    });
    await expect(lane.rename(from, to)).rejects.toMatchObject({ code: 'ENOENT', path: from, dest: to });
    await expect(lane.write(9999, Buffer.from('x'))).rejects.toMatchObject({ code: 'EBADF', written: 0 });
    expect(() => lane.write(1, 'text' as never)).toThrow(TypeError);
    expect(() => lane.write(1, new Float64Array(1) as never)).toThrow(TypeError);
    expect(() => lane.open('a\0b', 0, 0)).toThrow(TypeError);
  });

  it('says how much was written before a disk was full', async () => {
    const mount = temp.path('small');
    mkdirSync(mount);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'holdfast-test', mount]);
    try {
      const fd = await lane.open(`${mount}/log`, APPEND, 0o600);
      await lane.write(fd, Buffer.alloc(10_000));
      await expect(lane.write(fd, Buffer.alloc(100_000))).rejects.toMatchObject({
        code: 'ENOSPC',
        syscall: 'write',
        written: 65_536 - 10_000,
      });
      expect(await lane.size(fd)).toBe(65_536);
      await lane.truncate(fd, 0);
      await lane.write(fd, Buffer.from('again'));
      await lane.close(fd);
    } finally {
      await run('umount', [mount]);
    }
  });

  it('finishes its queue after stop, and rejects later calls', async () => {
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    const write = lane.write(fd, Buffer.from('last'));
    lane.stop();
    lane.stop();
    await expect(lane.write(fd, Buffer.from('later'))).rejects.toMatchObject({ code: 'ECANCELED' });
    await write;
    expect(readFileSync(temp.path('log'), 'utf8')).toBe('last');
    closeSync(fd);
  });

  it('blocks neither the loop nor other lanes while a call is stuck', async () => {
    native.mkfifo(temp.path('fifo'), 0o600);
    writeFileSync(temp.path('file'), 'content');
    // Opening a FIFO for writing waits for a reader, as a frozen disk makes everything wait.
    const stuck = lane.open(temp.path('fifo'), constants.O_WRONLY, 0);
    const other = new native.Lane();
    const file = await other.open(temp.path('file'), constants.O_RDONLY, 0);
    expect(await other.size(file)).toBe(7);
    const reader = await other.open(temp.path('fifo'), constants.O_RDONLY, 0);
    for (const fd of [await stuck, reader, file]) await other.close(fd);
    other.stop();
  });

  it.each([
    ['lets the process exit when idle, even if never stopped', 'idle', 'exit'],
    ['keeps the process alive until its work is done', 'working', 'written,exit'],
    ['does not hold process.exit() up while it is stuck', 'stuck', 'exit'],
    ['ends its thread when its object is collected', 'collected', 'threads equal,exit'],
    ['does not hold a worker up while it is stuck', 'stuck-worker', 'worker exit 0,exit'],
    ['does not hold process.exit() up while it waits for a receiver', 'sending', 'exit'],
    ['does not hold a worker up while it waits for a receiver', 'sending-worker', 'worker exit 0,exit'],
  ])('%s', async (_name, mode, expected) => {
    const args = ['--expose-gc', script, binaries('release').addon, mode, temp.path('file')];
    const { stdout } = await run(process.execPath, args, { timeout: 20_000 });
    expect(stdout.trim().split('\n').join(',')).toBe(expected);
  });
});
