import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { writePackets } from '../support/packet-writer.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';
import { OutputPump } from '../../src/stdio/output-pump.js';
import type { OutputSink } from '../../src/stdio/output-sink.js';
import { PumpFixture } from './support.js';

class FakeSinkOfNothing implements OutputSink {
  raw(): undefined {
    return undefined;
  }
  records(): Promise<boolean> {
    return Promise.reject(new Error('nothing is expected'));
  }
}

describe('lines', () => {
  test('reach the sink as records, numbered, and leave the pipe when the sink has them', async () => {
    const fixture = new PumpFixture();
    fixture.write('one\ntwo\n');
    fixture.pump.start();
    await until(() => fixture.sink.text === 'one|,two|');
    fixture.write('three\n');
    await until(() => fixture.sink.text === 'one|,two|,three|');
    expect(fixture.sink.sequences).toEqual([0, 1, 2]);
    expect(fixture.sink.raws).toBe('one\ntwo\nthree\n');
    await until(() => native.pipeBytes(fixture.fd) === 0);
  });

  test('stay in the pipe while the sink is at work, so that a kill would not lose them', async () => {
    const fixture = new PumpFixture();
    const taken = deferred<boolean>();
    fixture.sink.onRecords = () => taken.promise;
    fixture.write('line\n');
    fixture.pump.start();
    await until(() => fixture.sink.batches.length === 1);
    expect(native.pipeBytes(fixture.fd)).toBe(5);
    taken.resolve(true);
    await until(() => native.pipeBytes(fixture.fd) === 0);
  });

  test('whose end is late are passed on as a partial record after a while, and raw bytes at once and once', async () => {
    const fixture = new PumpFixture();
    fixture.pump.start();
    fixture.write('prompt> ');
    await until(() => fixture.sink.raws === 'prompt> ');
    expect(fixture.sink.text).toBe('');
    await until(() => fixture.sink.text === 'prompt> ');
    fixture.write('answer\n');
    await until(() => fixture.sink.text === 'prompt> ,answer|');
    expect(fixture.sink.raws).toBe('prompt> answer\n');
  });

  test('that come in two pieces in time are one record', async () => {
    const fixture = new PumpFixture(60_000);
    fixture.pump.start();
    fixture.write('first ');
    await until(() => fixture.sink.raws === 'first ');
    fixture.write('second\n');
    await until(() => fixture.sink.text === 'first second|');
    expect(fixture.sink.raws).toBe('first second\n');
  });

  test('longer than 16 KiB are cut, and nothing of 200 KiB is lost while the pipe is small', async () => {
    const fixture = new PumpFixture();
    const text = `${'x'.repeat(40_000)}\n`.repeat(5);
    fixture.pump.start();
    for (let at = 0; at < text.length;) {
      try {
        at += fixture.write(text.slice(at, at + 4096));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN');
        await turn();
      }
    }
    fixture.hangUp();
    await fixture.pump.ended;
    const records = fixture.sink.batches.flat();
    expect(records.map((record) => record.replace('|', '\n')).join('')).toBe(text);
    expect(Math.max(...records.map((record) => record.length))).toBeLessThanOrEqual(16_385);
  });
});

describe('the end', () => {
  test('comes when the last writer has gone, with a last line without newline', async () => {
    const fixture = new PumpFixture(60_000);
    fixture.pump.start();
    fixture.write('a\nlast');
    fixture.hangUp();
    await fixture.pump.ended;
    expect(fixture.sink.text).toBe('a|,last');
  });

  test('comes for a pipe whose writers had gone before the pump started', async () => {
    const fixture = new PumpFixture();
    fixture.write('left\n');
    fixture.hangUp();
    fixture.pump.start();
    await fixture.pump.ended;
    expect(fixture.sink.text).toBe('left|');
  });

  test('comes by finish although a writer stays, after what is there', async () => {
    const fixture = new PumpFixture(60_000);
    fixture.pump.start();
    fixture.write('a\nb');
    await until(() => fixture.sink.raws === 'a\nb');
    fixture.pump.finish();
    await fixture.pump.ended;
    expect(fixture.sink.text).toBe('a|,b');
  });

  test('comes by finish although a writer never stops', async () => {
    const fixture = new PumpFixture();
    fixture.sink.onRecords = () => {
      fixture.write('again\n'.repeat(100));
      return true;
    };
    fixture.write('first\n');
    fixture.pump.start();
    await until(() => fixture.sink.batches.length > 3);
    fixture.pump.finish();
    await fixture.pump.ended;
    expect(fixture.sink.batches.length).toBeGreaterThan(3);
  });

  test('comes by finish although a client does not take its output', async () => {
    const fixture = new PumpFixture();
    fixture.sink.onRaw = () => new Promise<void>(() => undefined);
    fixture.write('a\n');
    fixture.pump.start();
    expect(fixture.sink.text).toBe('');
    fixture.pump.finish();
    await fixture.pump.ended;
    expect(fixture.sink.text).toBe('a|');
  });

  test('comes with an error if the sink fails, which keeps the bytes in the pipe', async () => {
    const fixture = new PumpFixture();
    fixture.sink.onRecords = () => Promise.reject(new Error('broken sink'));
    fixture.write('a\n');
    fixture.pump.start();
    await fixture.pump.ended;
    expect(fixture.errors).toEqual([new Error('broken sink')]);
    expect(native.pipeBytes(fixture.fd)).toBe(2);
  });
});

describe('back-pressure', () => {
  test('of a client holds up records until it has taken its bytes', async () => {
    const fixture = new PumpFixture();
    const taken = deferred<void>();
    fixture.sink.onRaw = () => taken.promise;
    fixture.write('a\n');
    fixture.pump.start();
    await turn();
    expect([fixture.sink.raws, fixture.sink.text]).toEqual(['a\n', '']);
    taken.resolve();
    await until(() => fixture.sink.text === 'a|');
  });

  test('of the sink fills the pipe and no memory', async () => {
    const fixture = new PumpFixture();
    const taken = deferred<boolean>();
    fixture.sink.onRecords = () => taken.promise;
    fixture.pump.start();
    fixture.write('a\n');
    await until(() => fixture.sink.batches.length === 1);
    expect(() => {
      for (;;) fixture.write('b\n'.repeat(2048));
    }).toThrow(/EAGAIN/);
    expect(fixture.sink.batches.length).toBe(1);
    taken.resolve(true);
    await until(() => native.pipeBytes(fixture.fd) === 0);
  });

  test('does not give a buffer out again that a sink may still use', async () => {
    const fixture = new PumpFixture();
    const seen: Buffer[] = [];
    fixture.sink.onRecords = (batch) => {
      seen.push(batch.bytes);
      return false;
    };
    fixture.pump.start();
    fixture.write('one\n');
    await until(() => fixture.sink.batches.length === 1);
    fixture.write('two\n');
    await until(() => fixture.sink.batches.length === 2);
    expect(seen.map(String)).toEqual(['one\n', 'two\n']);
  });
});

test('closing while the sink is at work touches the descriptor no more: its number may be another file by then', async () => {
  const fixture = new PumpFixture();
  const taken = deferred<boolean>();
  fixture.sink.onRecords = () => taken.promise;
  fixture.write('line\n');
  fixture.pump.start();
  await until(() => fixture.sink.batches.length === 1);
  fixture.release();
  const [read, write] = native.pipe(true);
  const heirs = [read, write].includes(fixture.fd) ? [read, write] : [];
  expect(heirs).toContain(fixture.fd);
  writeFileSync(write, 'another container');
  taken.resolve(true);
  await fixture.pump.ended;
  await turn();
  expect(native.pipeBytes(read)).toBe('another container'.length);
  closeSync(read);
  closeSync(write);
});

test('a container that reads its own stdout between peek and commit harms nothing', async () => {
  const fixture = new PumpFixture();
  fixture.sink.onRecords = () => {
    const stolen = Buffer.alloc(100);
    if (fixture.sink.batches.length === 1) readSync(fixture.container, stolen);
    return true;
  };
  fixture.write('stolen\n');
  fixture.pump.start();
  await until(() => fixture.sink.batches.length === 1);
  await turn();
  fixture.write('next\n');
  await until(() => fixture.sink.text === 'stolen|,next|');
  expect(fixture.errors).toEqual([]);
});

describe('the scratch pipe', () => {
  test('is empty after a peek at a pipe in packet mode', async () => {
    const fixture = new PumpFixture();
    await writePackets(fixture.path, { count: 16, text: 'abc\n', room: 65_536 });
    const buffer = Buffer.alloc(1000);
    expect(native.peek(fixture.fd, fixture.buffers.scratch, buffer)).toBe(64);
    expect(buffer.subarray(0, 64).toString()).toBe('abc\n'.repeat(16));
    expect(fixture.leftover).toBe(0);
  });

  test('is empty after a peek that a small buffer cuts within a packet', async () => {
    const fixture = new PumpFixture();
    await writePackets(fixture.path, { count: 3, text: 'abcdef', room: 65_536 });
    const buffer = Buffer.alloc(8);
    expect(native.peek(fixture.fd, fixture.buffers.scratch, buffer)).toBe(8);
    expect([buffer.toString(), fixture.leftover]).toEqual(['abcdefab', 0]);
    native.discard(fixture.fd, 8);
    expect(native.pipeBytes(fixture.fd)).toBe(10);
  });

  test('is empty after a peek at more segments than it has room for', async () => {
    const fixture = new PumpFixture();
    await writePackets(fixture.path, { count: 200, text: 'z', room: 1 << 20 });
    const copied = native.peek(fixture.fd, fixture.buffers.scratch, Buffer.alloc(1000));
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(200);
    expect(fixture.leftover).toBe(0);
  });
});

test('a line in more segments than one peek shows comes through in partial records, and blocks nobody', async () => {
  const fixture = new PumpFixture();
  const writer = await writePackets(fixture.path, { count: 200, text: 'z', room: 1 << 20 });
  fixture.pump.start();
  await until(() => fixture.sink.text.replaceAll(',', '').length === 200);
  expect(fixture.sink.raws).toBe('z'.repeat(200));
  await writer.close();
  fixture.hangUp();
  await fixture.pump.ended;
});

test('a file in the place of a FIFO is refused, and stays as it was', () => {
  const { poller, buffers } = new PumpFixture();
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'text\n');
  const fd = openSync(path, 'r');
  const errors: unknown[] = [];
  const options = {
    stream: 'stdout',
    fd,
    poller,
    buffers,
    maxRecord: 16_384,
    partialDelayMs: 10,
    onError: (error: unknown) => errors.push(error),
  } as const;
  const pump = new OutputPump({ ...options, sink: new FakeSinkOfNothing() });
  expect(() => pump.start()).toThrow(/EPERM/);
  closeSync(fd);
  expect(readFileSync(path, 'utf8')).toBe('text\n');
});
