import { createHash } from 'node:crypto';
import { rmSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NO_READER_MS } from '../../../src/api/forward-documents.js';
import { OutputGate } from '../../../src/stdio/output-gate.js';
import { until } from '../../support/until.js';
import { ForwardFixture, Reader } from './support.js';

test('output goes on as it came, and its end with the end of the process', async () => {
  const fixture = new ForwardFixture();
  const [stdout, stderr] = [new Reader(fixture.fifo('out')), new Reader(fixture.fifo('err'))];
  const io = fixture.io({ stdout: stdout.path, stderr: `fifo://${stderr.path}` });
  const process = await fixture.process(io);
  io.start();
  writeSync(process.stdout, 'one');
  await stdout.awaitText('one');
  writeSync(process.stderr, 'two\n\0');
  await stderr.awaitText('two\n\0');
  expect([stdout.ended, stderr.ended]).toEqual([false, false]);
  writeSync(process.stdout, 'last');
  process.close();
  await stdout.awaitEnd();
  await stderr.awaitEnd();
  await io.drained;
  expect(stdout.bytes.toString()).toBe('onelast');
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('log drivers get the same', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const io = fixture.io({ stdout: stdout.path }, true);
  const process = await fixture.process(io);
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/forward-stdout', 'k/stderr', 'k/stdout', 'k/stdout.log']);
  io.start();
  writeSync(process.stdout, 'one\ntwo');
  writeSync(process.stderr, 'err\n');
  await stdout.awaitText('one\ntwo');
  process.close();
  await stdout.awaitEnd();
  await io.drained;
  await until(() => fixture.log.stdout === 'one\ntwo');
  expect(fixture.log).toEqual({ stdout: 'one\ntwo', stderr: 'err\n' });
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('100 MB on both streams arrive as they were, with a log beside', async () => {
  const fixture = new ForwardFixture();
  const [stdout, stderr] = [new Reader(fixture.fifo('out')), new Reader(fixture.fifo('err'))];
  const io = fixture.io({ stdout: stdout.path, stderr: stderr.path }, true);
  const process = await fixture.process(io);
  io.start();
  const line = Buffer.from(`${'0123456789'.repeat(10)}\n`);
  const chunk = Buffer.alloc(line.length * 600, line);
  const sums = { stdout: createHash('md5'), stderr: createHash('md5') };
  const seen = { stdout: createHash('md5'), stderr: createHash('md5') };
  let logged = 0;
  fixture.onRecord = (bytes) => (logged += bytes);
  let left = 50e6;
  for (const written = { stdout: 0, stderr: 0 }; left > 0;) {
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = chunk.subarray(written[stream]);
      const taken = tryWrite(process[stream], bytes);
      sums[stream].update(bytes.subarray(0, taken));
      written[stream] = (written[stream] + taken) % line.length;
      left -= taken;
    }
    for (const [stream, reader] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const)
      reader.drainTo(seen[stream]);
    await nextTurn();
  }
  process.close();
  await until(() => {
    stdout.drainTo(seen.stdout);
    stderr.drainTo(seen.stderr);
    return stdout.ended && stderr.ended;
  });
  await io.drained;
  expect(seen.stdout.digest('hex')).toBe(sums.stdout.digest('hex'));
  expect(seen.stderr.digest('hex')).toBe(sums.stderr.digest('hex'));
  expect(logged).toBe(50e6 - left);
});

describe('a reader', () => {
  test('that is slow holds the process up, and loses nothing', async () => {
    const fixture = new ForwardFixture();
    const stdout = new Reader(fixture.fifo('out'));
    const io = fixture.io({ stdout: stdout.path });
    const process = await fixture.process(io);
    io.start();
    let written = 0;
    await until(() => {
      const taken = tryWrite(process.stdout, Buffer.alloc(4096, 'x'));
      written += taken;
      return taken === 0 && written > 130_000;
    });
    while (written < 1_000_000) {
      stdout.read(5000);
      written += tryWrite(process.stdout, Buffer.alloc(4096, 'x'));
      await nextTurn();
    }
    process.close();
    await stdout.awaitEnd();
    expect(stdout.bytes.length).toBe(written);
    expect(fixture.dropped).toEqual([]);
  });

  test('that never comes costs the process so much time, then its output', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const fixture = new ForwardFixture();
    const path = fixture.fifo('out');
    const io = fixture.io({ stdout: path }, true);
    const process = await fixture.process(io);
    io.start();
    await turns();
    expect(vi.getTimerCount(), 'it looks for nobody while nothing waits').toBe(0);
    writeSync(process.stdout, 'lost\nlost too\n');
    await turns();
    await vi.advanceTimersByTimeAsync(NO_READER_MS - 200);
    await turns();
    expect(fixture.dropped).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    await turns();
    expect(fixture.dropped).toEqual([{ stream: 'stdout', records: 2, bytes: 14, reason: 'no reader' }]);
    writeSync(process.stdout, 'and this\n');
    await turns();
    expect(fixture.dropped).toHaveLength(2);
    expect(fixture.log.stdout, 'the log has it all').toBe('lost\nlost too\nand this\n');
    const reader = new Reader(path);
    writeSync(process.stdout, 'not this\n');
    await turns();
    reader.read();
    expect(reader.bytes.toString()).toBe('not this\n');
    process.close();
    await turns();
    reader.read();
    expect(reader.ended).toBe(true);
    expect(fixture.dropped).toHaveLength(2);
  });

  test('that vanishes and comes back finds what was written meanwhile', async () => {
    const fixture = new ForwardFixture();
    const stdout = new Reader(fixture.fifo('out'));
    const io = fixture.io({ stdout: stdout.path });
    const process = await fixture.process(io);
    io.start();
    writeSync(process.stdout, 'one ');
    await stdout.awaitText('one ');
    stdout.close();
    writeSync(process.stdout, 'two ');
    await turns();
    stdout.open();
    await stdout.awaitText('one two ');
    process.close();
    await stdout.awaitEnd();
    expect(fixture.dropped).toEqual([]);
  });

  test('that does not read holds nothing up once the time to drain is over', async () => {
    const fixture = new ForwardFixture();
    const stdout = new Reader(fixture.fifo('out'));
    const io = fixture.io({ stdout: stdout.path }, true);
    const process = await fixture.process(io);
    io.start();
    let written = 0;
    await until(() => {
      const taken = tryWrite(process.stdout, Buffer.alloc(4096, 'x'));
      written += taken;
      return taken === 0 && written > 130_000;
    });
    await io.drain(20);
    await stdout.awaitEnd();
    const dropped = fixture.dropped.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(stdout.bytes.length + dropped).toBe(written);
    expect(dropped).toBeGreaterThan(0);
    expect(fixture.log.stdout.length).toBe(written);
    expect(fixture.dropped[0]?.reason).toBe('reader too slow');
  });
});

test('many small writes find room though nobody reads yet', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const io = fixture.io({ stdout: stdout.path });
  const process = await fixture.process(io);
  io.start();
  for (let i = 0; i < 100; i++) {
    writeSync(process.stdout, 'x\n');
    await turns();
  }
  process.close();
  await io.drain(20);
  await stdout.awaitEnd();
  expect(stdout.bytes.toString()).toBe('x\n'.repeat(100));
});

test('what a background child prints late is passed on until the time to drain is over', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const io = fixture.io({ stdout: stdout.path });
  const process = await fixture.process(io);
  io.start();
  const drained = io.drain(200);
  writeSync(process.stdout, 'late');
  await stdout.awaitText('late');
  await drained;
  await stdout.awaitEnd();
});

test('while an upgrade is under way nothing goes on, and all of it with the next shim', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const forward = { stdout: stdout.path };
  const io = fixture.io(forward, true);
  const process = await fixture.process(io);
  io.start();
  writeSync(process.stdout, 'one\n');
  await stdout.awaitText('one\n');
  await fixture.gate.close();
  writeSync(process.stdout, 'two\n');
  await turns();
  stdout.read();
  expect(stdout.bytes.toString()).toBe('one\n');
  await fixture.kill(io);
  expect(stdout.ended, 'the keeper has it open').toBe(false);
  fixture.gate = new OutputGate();
  const next = fixture.io(forward, true);
  await next.reopen(false);
  next.start();
  await stdout.awaitText('one\ntwo\n');
  process.close();
  await stdout.awaitEnd();
  await next.drained;
  expect(fixture.log.stdout).toBe('one\ntwo\n');
  await next.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('a process that ended while no shim was there: its end comes with the next, though the FIFO is full', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const forward = { stdout: stdout.path };
  const io = fixture.io(forward);
  const process = await fixture.process(io);
  io.start();
  writeSync(process.stdout, Buffer.alloc(1 << 16, 'x'));
  await until(() => fixture.pending(process.stdout) === 0);
  await fixture.kill(io);
  process.close();
  const next = fixture.io(forward);
  await next.reopen(false);
  next.start();
  await next.drained;
  await stdout.awaitEnd();
  expect(stdout.bytes.length).toBe(1 << 16);
});

test.each([['the asker has removed'], ['a new keeper does not hold']])('a FIFO that %s', async (what) => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const forward = { stdout: stdout.path };
  const io = fixture.io(forward);
  const process = await fixture.process(io);
  await fixture.kill(io);
  await fixture.keeper.drop('k/forward-stdout');
  if (what.includes('removed')) rmSync(stdout.path);
  const next = fixture.io(forward);
  await next.reopen(false);
  next.start();
  writeSync(process.stdout, 'x');
  if (what.includes('removed')) await until(() => fixture.dropped.length === 1);
  else await stdout.awaitText('x');
  process.close();
  await next.drained;
  await stdout.awaitEnd();
});

function tryWrite(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return 0;
  }
}

/** Lets the loop see what is there. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}
