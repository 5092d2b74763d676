import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTarget } from '../../../src/stdio/forward/forward-target.js';
import { checkForward } from '../../../src/stdio/forward/check-forward.js';
import { ForwardFixture, Reader } from './support.js';

describe('a target', () => {
  test.each([
    ['/a b%20c', { kind: 'fifo', path: '/a b%20c' }],
    ['fifo:///a%20b', { kind: 'fifo', path: '/a b' }],
    ['file:///var/log/x', { kind: 'file', path: '/var/log/x' }],
    [
      'binary:///bin/l?b=1&a=x%20y&flag&b=2',
      { kind: 'program', argv: ['/bin/l', 'b', '1', 'a', 'x y', 'flag', '', 'b', '2'], saysReady: false },
    ],
    ['binary-v2:///l', { kind: 'program', argv: ['/l'], saysReady: true }],
  ])('%s is understood', (text, target) => {
    expect(parseTarget(text, 'stdout')).toMatchObject(target);
  });

  test.each([
    '',
    'relative',
    'http://x/y',
    'npipe:///x',
    'file://host/x',
    'file:///',
    'binary://',
    'fifo:///%ff',
    'fifo:///%00',
    '/a\0b',
    'binary:///l?a=%00',
  ])('%j is refused', (text) => {
    expect(() => parseTarget(text, 'stderr')).toThrow(
      expect.objectContaining({ code: 'SHIM_INVALID_ARGUMENT', where: 'forward.stderr' }),
    );
  });

  test('other than a FIFO is none for stdin', () => {
    for (const text of ['file:///x', 'binary:///x']) expect(() => parseTarget(text, 'stdin')).toThrow('must be a FIFO');
  });
});

test('what is no FIFO is refused before anything is made, with its path', async () => {
  const fixture = new ForwardFixture();
  const at = (name: string): string => join(fixture.directory, name);
  writeFileSync(at('file'), 'kept');
  mkdirSync(at('directory'));
  symlinkSync(fixture.fifo('real'), at('link'));
  const before = readdirSync(fixture.directory);
  for (const name of ['file', 'directory', 'link', 'missing', 'file/below']) {
    for (const stream of ['stdin', 'stdout', 'stderr']) {
      const refusal = expect.objectContaining({ code: 'SHIM_INVALID_ARGUMENT', where: at(name) }) as Error;
      expect(() => checkForward({ [stream]: at(name) })).toThrow(refusal);
      const io = fixture.io({ [stream]: at(name) });
      await expect(io.make()).rejects.toThrow(refusal);
      await io.release();
    }
  }
  expect(readFileSync(at('file'), 'utf8')).toBe('kept');
  expect(readdirSync(fixture.directory)).toEqual(before);
  expect(fixture.keeper.held.size).toBe(0);
});

describe('a file', () => {
  test('gets both streams, behind what it held, in directories that are made', async () => {
    const fixture = new ForwardFixture();
    const path = join(fixture.directory, 'a', 'b', 'log file');
    const forward = { stdout: `file://${path.replace(' ', '%20')}`, stderr: `file://${path.replace(' ', '%20')}` };
    for (const text of ['one', 'two']) {
      const io = fixture.io(forward, true);
      const process = await fixture.process(io);
      io.start();
      writeSync(process.stdout, `${text} out\n`);
      writeSync(process.stderr, `${text} err\n`);
      process.close();
      await io.drained;
      await io.release();
    }
    expect(readFileSync(path, 'utf8').trimEnd().split('\n').sort()).toEqual([
      'one err',
      'one out',
      'two err',
      'two out',
    ]);
    expect(fixture.log.stdout).toBe('one out\ntwo out\n');
    expect(fixture.dropped).toEqual([]);
  });

  test('behind a symbolic link, or that is none, is refused', async () => {
    const fixture = new ForwardFixture();
    writeFileSync(join(fixture.directory, 'victim'), '');
    symlinkSync(join(fixture.directory, 'victim'), join(fixture.directory, 'link'));
    for (const path of [join(fixture.directory, 'link'), fixture.directory, fixture.fifo('x')]) {
      const io = fixture.io({ stdout: `file://${path}` });
      await expect(io.make()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: path });
      await io.release();
    }
    expect(fixture.keeper.held.size).toBe(0);
  });
});

test('an output without a target is for the log drivers alone, or nobody', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const io = fixture.io({ stdout: stdout.path });
  expect(io.unattachable).toMatch(/forwarded/);
  expect(fixture.io({ stdout: stdout.path }, true).unattachable).toBeUndefined();
  const process = await fixture.process(io);
  io.start();
  writeSync(process.stderr, Buffer.alloc(1 << 16));
  process.close();
  await io.drained;
  await stdout.awaitEnd();
  expect(stdout.bytes.length).toBe(0);
});

test('nothing stays open, here or in the keeper, after many', async () => {
  const fixture = new ForwardFixture();
  const [out, err, input] = [new Reader(fixture.fifo('out')), new Reader(fixture.fifo('err')), fixture.fifo('in')];
  const one = async (i: number): Promise<void> => {
    const io = fixture.io({ stdin: input, stdout: out.path, stderr: err.path }, i % 2 === 0);
    const process = await fixture.process(io);
    io.start();
    writeSync(process.stdout, 'x');
    process.close();
    await out.awaitEnd();
    await io.drained;
    await io.release();
  };
  await one(0);
  const before = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 200; i++) await one(i);
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  expect(fixture.keeper.held.size).toBe(0);
  expect(out.bytes.length).toBe(201);
});
