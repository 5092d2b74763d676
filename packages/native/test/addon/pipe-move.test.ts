import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, PIPE_STATE } from '@holdfast/native';

const { ENDED, EMPTY, FULL, UNREAD } = PIPE_STATE;

describe.each(['splice', 'tee'] as const)('%s', (name) => {
  const open = new Set<number>();
  let from: [number, number];
  let to: [number, number];
  const move = (bytes = 1 << 20): number => native[name](from[0], to[1], bytes);
  const close = (fd: number): void => {
    if (open.delete(fd)) closeSync(fd);
  };
  const textOf = (fd: number): string => {
    const buffer = Buffer.alloc(1 << 20);
    return buffer.toString('latin1', 0, readSync(fd, buffer));
  };

  beforeEach(() => {
    [from, to] = [native.pipe(true), native.pipe(true)];
    for (const fd of [...from, ...to]) open.add(fd);
  });
  afterEach(() => {
    for (const fd of [...open]) close(fd);
  });

  it('moves what there is, at most as much as asked', () => {
    writeSync(from[1], 'abcdef');
    expect([move(4), textOf(to[0])]).toEqual([4, 'abcd']);
    expect(textOf(from[0])).toBe(name === 'splice' ? 'ef' : 'abcdef');
  });

  it('tells an empty pipe from one that has ended, a full one, and one that nobody reads', () => {
    expect(move()).toBe(EMPTY);
    const size = native.setPipeSize(to[1], 1 << 16);
    expect(native.pipeRoom(to[1])).toBe(size);
    writeSync(to[1], Buffer.alloc(size));
    expect(move()).toBe(EMPTY);
    writeSync(from[1], 'x');
    expect([move(), native.pipeRoom(to[1])]).toEqual([FULL, FULL]);
    close(to[0]);
    expect([move(), native.pipeRoom(to[1])]).toEqual([UNREAD, UNREAD]);
    expect(textOf(from[0])).toBe('x');
    expect(move()).toBe(EMPTY);
    close(from[1]);
    expect(move()).toBe(ENDED);
  });

  it('says that a pipe has ended although the other one is full', () => {
    writeSync(to[1], Buffer.alloc(1 << 16));
    close(from[1]);
    expect(move()).toBe(ENDED);
  });

  it('refuses no bytes at all, too many, and what is no pipe', () => {
    for (const bytes of [0, (1 << 20) + 1])
      expect(() => move(bytes)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => native[name](from[0], -1, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => native.pipeRoom(-1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    const file = openSync(process.execPath, 'r');
    open.add(file);
    expect(() => native.pipeRoom(file)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});
