import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { PumpFixture } from './support.js';

/** Writes all of `bytes`, as the pipe has room for them. */
async function pour(fixture: PumpFixture, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fixture.container, bytes, at, Math.min(65_536, bytes.length - at));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN');
      await turn();
    }
  }
}

describe('what a container writes', () => {
  test('stays as it is: NULs, invalid UTF-8, CRLF, blank lines, a last line without an end', async () => {
    const fixture = new PumpFixture(60_000);
    const text = 'a\0b\n\xff\xfe\xc3\n\r\n\n\ncr\rlf\r\n\0\n\x80last';
    fixture.write(text);
    fixture.hangUp();
    fixture.pump.start();
    await fixture.pump.ended;
    expect(fixture.sink.batches.flat().join('').replaceAll('|', '\n')).toBe(text);
    expect(fixture.sink.batches.flat()).toHaveLength(8);
  });

  test('is partial up to the end of its line, however it is read', async () => {
    const fixture = new PumpFixture(60_000, { maxRecord: 1000 });
    fixture.pump.start();
    const lines = [1, 999, 1000, 1001, 2000, 2001, 300_000].map((length) => `${'x'.repeat(length)}\n`);
    await pour(fixture, Buffer.from(lines.join('')));
    fixture.hangUp();
    await fixture.pump.ended;
    const pieces = lines.flatMap((line) => {
      const body = line.slice(0, -1);
      const cut = body.match(/.{1,1000}/g) ?? [];
      return cut.map((piece, i) => (i === cut.length - 1 ? `${piece}|` : piece));
    });
    expect(fixture.sink.batches.flat()).toEqual(pieces);
  });

  test('is one record up to the largest maxRecord', async () => {
    const fixture = new PumpFixture(60_000, { maxRecord: 256 << 10 });
    fixture.pump.start();
    await pour(fixture, Buffer.from(`${'x'.repeat((256 << 10) - 1)}\n${'y'.repeat(1000)}\n`));
    fixture.hangUp();
    await fixture.pump.ended;
    expect(fixture.sink.batches.flat().map((record) => record.length)).toEqual([256 << 10, 1001]);
  });

  test.each([
    ['a line without end', Buffer.alloc(1 << 20, 'x')],
    ['blank lines', Buffer.alloc(1 << 20, '\n')],
  ])('takes bounded memory: %s', async (_, block) => {
    const fixture = new PumpFixture(60_000);
    let bytes = 0;
    fixture.sink.raw = () => undefined;
    fixture.sink.records = (batch) => {
      bytes += batch.bytes.length;
      return Promise.resolve(true);
    };
    fixture.pump.start();
    await pour(fixture, block);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 32; i++) await pour(fixture, block);
    fixture.hangUp();
    await fixture.pump.ended;
    expect(bytes).toBe(33 << 20);
    // A peek's buffer and the ends of its records: what 32 MiB more would need is far from it.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
  });

  test('that ends in no line is shown at once, and recorded soon', async () => {
    const fixture = new PumpFixture(1);
    fixture.pump.start();
    fixture.write('prompt> ');
    await until(() => fixture.sink.text === 'prompt> ');
    expect(fixture.sink.raws).toBe('prompt> ');
  });
});
