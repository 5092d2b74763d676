import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Fifos } from '../../src/stdio/fifos.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function make(stdin: boolean): { directory: string; fifos: Fifos; ends: ReturnType<Fifos['make']> } {
  const directory = temporaryDirectory();
  const fifos = new Fifos(directory, stdin);
  const ends = fifos.make();
  const { child, shim } = ends;
  onTestFinished(() => {
    const fds = [child.stdin, child.stdout, child.stderr, shim.stdout, shim.stderr, shim.stdin];
    for (const fd of fds) if (fd !== undefined) closeSync(fd);
  });
  return { directory, fifos, ends };
}

const isBlocking = (fd: number): boolean => {
  const flags = /flags:\s*([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '';
  return (parseInt(flags, 8) & 0o4000) === 0;
};

describe('made anew', () => {
  test('outputs go from child to shim, stdin the other way', () => {
    const { ends } = make(true);
    const buffer = Buffer.alloc(10);
    writeSync(ends.child.stdout, 'out');
    writeSync(ends.child.stderr, 'err');
    writeSync(ends.shim.stdin as number, 'in');
    expect(buffer.toString('utf8', 0, readSync(ends.shim.stdout, buffer))).toBe('out');
    expect(buffer.toString('utf8', 0, readSync(ends.shim.stderr, buffer))).toBe('err');
    expect(buffer.toString('utf8', 0, readSync(ends.child.stdin, buffer))).toBe('in');
  });

  test('the child finds blocking descriptors, the shim others', () => {
    const { ends } = make(true);
    expect(Object.values(ends.child).map((fd: number) => isBlocking(fd))).toEqual([true, true, true]);
    expect([ends.shim.stdout, ends.shim.stderr, ends.shim.stdin as number].map(isBlocking)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('a process that changed its user may open them again', () => {
    const { directory } = make(true);
    for (const name of ['stdin', 'stdout', 'stderr']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o666);
  });

  test('without stdin the child gets /dev/null', () => {
    const { directory, ends } = make(false);
    expect(ends.shim.stdin).toBeUndefined();
    expect(existsSync(join(directory, 'stdin'))).toBe(false);
    expect(fstatSync(ends.child.stdin).rdev).toBe(statSync('/dev/null').rdev);
  });

  test('what an interrupted try left, a symbolic link too, is replaced and not followed', () => {
    const directory = temporaryDirectory();
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'precious', { mode: 0o600 });
    symlinkSync(victim, join(directory, 'stdout'));
    writeFileSync(join(directory, 'stderr'), 'old');
    const { child, shim } = new Fifos(directory, false).make();
    for (const fd of [child.stdin, child.stdout, child.stderr, shim.stdout, shim.stderr]) closeSync(fd);
    expect(statSync(join(directory, 'stdout')).isFIFO()).toBe(true);
    expect([readFileSync(victim, 'utf8'), statSync(victim).mode & 0o777]).toEqual(['precious', 0o600]);
  });
});

describe('opened again after a restart', () => {
  test('they hold what was written meanwhile', () => {
    const { fifos, ends } = make(true);
    writeSync(ends.child.stdout, 'kept');
    const again = fifos.openShimEnds(false);
    onTestFinished(() => [again.stdout, again.stderr].forEach((fd) => closeSync(fd)));
    const buffer = Buffer.alloc(10);
    expect(buffer.toString('utf8', 0, readSync(again.stdout, buffer))).toBe('kept');
    expect(again.stdin).toBeUndefined();
  });

  test.each([
    ['a symbolic link', (path: string) => symlinkSync('/etc/hostname', path), 'SHIM_IO'],
    ['a regular file', (path: string) => writeFileSync(path, ''), 'SHIM_STATE_INSECURE'],
    ['a directory', (path: string) => mkdirSync(path), 'SHIM_STATE_INSECURE'],
    ['nothing', () => undefined, 'SHIM_IO'],
  ])('%s in the place of one is refused', (_what, plant, code) => {
    const { directory, fifos } = make(false);
    const path = join(directory, 'stderr');
    unlinkSync(path);
    plant(path);
    expect(() => fifos.openShimEnds(false)).toThrow(expect.objectContaining({ code, where: path }) as Error);
  });
});
