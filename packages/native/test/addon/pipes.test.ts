import { closeSync, constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

describe('peek and discard', () => {
  let read = -1;
  let write = -1;
  let scratch: [number, number] = [-1, -1];
  const buffer = Buffer.alloc(1 << 20);
  const peekText = (size = buffer.length): string =>
    buffer.toString('utf8', 0, native.peek(read, scratch, buffer.subarray(0, size)));

  beforeEach(() => {
    [read, write] = native.pipe(true);
    scratch = native.pipe(true);
  });
  afterEach(() => {
    for (const fd of [read, write, ...scratch].filter((candidate) => candidate >= 0)) closeSync(fd);
  });
  const closeWriter = (): void => {
    closeSync(write);
    write = -1;
  };

  it('shows the same bytes again until they are discarded', () => {
    writeSync(write, 'one two');
    expect(peekText()).toBe('one two');
    expect(peekText()).toBe('one two');
    native.discard(read, 4);
    expect(peekText()).toBe('two');
    expect(native.pipeBytes(read)).toBe(3);
    expect(native.pipeBytes(scratch[0])).toBe(0);
  });

  it('tells an empty pipe from one that has ended', () => {
    expect(native.peek(read, scratch, buffer)).toBe(-1);
    writeSync(write, 'x');
    closeWriter();
    expect(peekText()).toBe('x');
    native.discard(read, 1);
    expect(native.peek(read, scratch, buffer)).toBe(0);
  });

  it('copies no more than the buffer holds and leaves the scratch pipe empty', () => {
    writeSync(write, 'abcdef');
    expect(peekText(4)).toBe('abcd');
    expect(native.pipeBytes(scratch[0])).toBe(0);
    native.discard(read, 4);
    expect(peekText(4)).toBe('ef');
  });

  it('copies a full pipe of many pages', () => {
    const size = native.setPipeSize(read, 1 << 18);
    native.setPipeSize(scratch[0], 1 << 18);
    const content = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
    expect(writeSync(write, content)).toBe(size);
    expect(() => writeSync(write, 'x')).toThrow('EAGAIN');
    expect(native.peek(read, scratch, buffer)).toBe(size);
    expect(buffer.subarray(0, size).equals(content)).toBe(true);
    native.discard(read, size);
    expect(native.pipeBytes(read)).toBe(0);
    expect(writeSync(write, 'room again')).toBe(10);
  });

  it('copies a pipe that is full of single bytes', () => {
    for (let i = 0; i < 200; i++) writeSync(write, 'z');
    expect(peekText()).toBe('z'.repeat(200));
    native.discard(read, 200);
    expect(native.peek(read, scratch, buffer)).toBe(-1);
  });

  it('says so if there is less to discard than asked', () => {
    writeSync(write, 'ab');
    expect(() => native.discard(read, 3)).toThrow(expect.objectContaining({ code: 'EAGAIN', syscall: 'splice' }));
    closeWriter();
    expect(() => native.discard(read, 1)).toThrow(expect.objectContaining({ code: 'ENODATA' }));
  });

  it('refuses an empty buffer, whose 0 would read as the end', () => {
    writeSync(write, 'ab');
    expect(() => native.peek(read, scratch, new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('pipes and FIFOs', () => {
  const temp = useTempDirectory();

  it('makes both ends close-on-exec, and non-blocking only if asked', () => {
    for (const nonblock of [true, false]) {
      const ends = native.pipe(nonblock);
      for (const fd of ends) {
        const flags = parseInt(/flags:\t(\d+)/.exec(fdinfo(fd))?.[1] ?? '', 8);
        expect(flags & constants.O_NONBLOCK).toBe(nonblock ? constants.O_NONBLOCK : 0);
        expect(flags & 0o2000000).toBe(0o2000000);
        closeSync(fd);
      }
    }
  });

  it('makes a FIFO with exactly the mode asked for, whatever the umask', () => {
    const before = process.umask(0o077);
    native.mkfifo(temp.path('fifo'), 0o666);
    process.umask(before);
    const details = statSync(temp.path('fifo'));
    expect(details.isFIFO()).toBe(true);
    expect(details.mode & 0o7777).toBe(0o666);
  });

  it('throws errors like those of node:fs', () => {
    const path = temp.path('missing/fifo');
    expect(() => native.mkfifo(path, 0o600)).toThrow(
      expect.objectContaining({
        message: `ENOENT: no such file or directory, mkfifo '${path}'`,
        code: 'ENOENT',
        errno: -2,
        syscall: 'mkfifo',
        path,
      }),
    );
    expect(() => native.mkfifo('a\0b', 0o600)).toThrow(TypeError);
    expect(() => native.mkfifo(`/${'x'.repeat(5000)}`, 0o600)).toThrow(
      expect.objectContaining({ code: 'ENAMETOOLONG' }),
    );
  });

  it('resizes a pipe and tells the size given', () => {
    const [read, write] = native.pipe(true);
    expect(native.setPipeSize(write, 5000)).toBe(8192);
    closeSync(read);
    closeSync(write);
    expect(() => native.setPipeSize(write, 4096)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it.each([
    ['a string', '3'],
    ['nothing', undefined],
    ['a fraction', 1.5],
    ['no number', NaN],
    ['a number beyond 32 bits', 2 ** 40],
  ])('refuses %s as a descriptor', (_name, fd) => {
    expect(() => native.pipeBytes(fd as number)).toThrow(TypeError);
  });
});

function fdinfo(fd: number): string {
  const info = openSync(`/proc/self/fdinfo/${fd}`, 'r');
  const buffer = Buffer.alloc(500);
  const text = buffer.toString('utf8', 0, readSync(info, buffer));
  closeSync(info);
  return text;
}
