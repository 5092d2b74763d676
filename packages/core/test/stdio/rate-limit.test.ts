import { writeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { describe, expect, test } from 'vitest';
import type { RateLimit } from '../../src/config/container-config.js';
import { RateLimiter } from '../../src/stdio/rate-limiter.js';
import { until } from '../support/until.js';
import { PumpFixture } from './support.js';

const HOUR_MS = 4_096_000;

/** A burst, and nothing more for as long as a test runs. */
function burst(limit: { bytes?: number; lines?: number; policy: RateLimit['policy'] }): RateLimiter {
  const perSecond = (amount = 0): number => (amount * 1000) / HOUR_MS;
  const { policy, bytes, lines } = limit;
  return new RateLimiter({ bytes: perSecond(bytes), lines: perSecond(lines), burstMs: HOUR_MS, policy });
}

describe('a limit that blocks', () => {
  test('leaves in the pipe what is beyond, and shows it to nobody', async () => {
    const fixture = new PumpFixture(20, { limiter: burst({ lines: 2, policy: 'block' }) });
    fixture.write('a\nb\nc\nd');
    fixture.pump.start();
    await until(() => native.pipeBytes(fixture.fd) === 3);
    expect([fixture.sink.text, fixture.sink.raws]).toEqual(['a|,b|', 'a\nb\n']);
  });

  test('lets records through as time goes by, in order and all of them', async () => {
    const limiter = new RateLimiter({ bytes: 0, lines: 100, burstMs: 10, policy: 'block' });
    const fixture = new PumpFixture(20, { limiter });
    const begin = performance.now();
    fixture.write('1\n2\n3\n4\n5\n6\n');
    fixture.pump.start();
    await until(() => fixture.sink.text === '1|,2|,3|,4|,5|,6|');
    // One at once, and five more at 100 a second.
    expect(performance.now() - begin).toBeGreaterThan(49);
    expect(fixture.sink.losses).toEqual([]);
  });

  test('lets through a record that is larger than the burst', async () => {
    const limiter = new RateLimiter({ bytes: 10_000, lines: 0, burstMs: 1, policy: 'block' });
    const fixture = new PumpFixture(20, { limiter });
    fixture.write(`${'x'.repeat(300)}\n${'y'.repeat(300)}\n`);
    fixture.pump.start();
    await until(() => fixture.sink.text.length === 603);
    expect(fixture.sink.batches.length).toBe(2);
  });

  test('ends when the container has: the rest is read without waiting', async () => {
    const limiter = burst({ lines: 1, policy: 'block' });
    const fixture = new PumpFixture(20, { limiter });
    fixture.write('a\nb\nc');
    fixture.pump.start();
    await until(() => fixture.sink.text === 'a|');
    fixture.hangUp();
    limiter.lift();
    await fixture.pump.ended;
    expect(fixture.sink.text).toBe('a|,b|,c');
  });

  test('holds up neither finish nor close', async () => {
    const [finished, closed] = [0, 1].map(() => new PumpFixture(20, { limiter: burst({ lines: 1, policy: 'block' }) }));
    for (const { pump, sink, write } of [finished!, closed!].map((fixture) => ({
      pump: fixture.pump,
      sink: fixture.sink,
      write: fixture.write.bind(fixture),
    }))) {
      write('a\nb\n');
      pump.start();
      await until(() => sink.text === 'a|');
    }
    finished!.pump.finish();
    closed!.pump.close();
    await Promise.all([finished!.pump.ended, closed!.pump.ended]);
    expect([finished!.sink.text, closed!.sink.text]).toEqual(['a|,b|', 'a|']);
  });

  test('cuts no record, however little may pass', async () => {
    const fixture = new PumpFixture(60_000, { limiter: burst({ bytes: 3, policy: 'block' }), maxRecord: 1024 });
    fixture.write(`${'x'.repeat(1024)}\n`);
    fixture.pump.start();
    await until(() => fixture.sink.text === `${'x'.repeat(1024)}|`);
  });
});

describe('a limit that drops', () => {
  test('passes on what it allows, counts the rest, and shows all of it to clients', async () => {
    const fixture = new PumpFixture(20, { limiter: burst({ lines: 2, policy: 'drop' }) });
    fixture.write('a\nb\ncc\nddd\n');
    fixture.pump.start();
    await until(() => native.pipeBytes(fixture.fd) === 0);
    fixture.write('eeee\n');
    await until(() => fixture.sink.losses.length === 2);
    expect([fixture.sink.text, fixture.sink.raws]).toEqual(['a|,b|', 'a\nb\ncc\nddd\neeee\n']);
    const counted = { stream: 'stdout', reason: 'rate limit' };
    expect(fixture.sink.losses).toMatchObject([
      { ...counted, records: 2, bytes: 7 },
      { ...counted, records: 1, bytes: 5 },
    ]);
    const [{ from, to } = { from: 0n, to: 0n }] = fixture.sink.losses;
    expect([from > 0n, to >= from]).toEqual([true, true]);
  });

  test('never keeps the container waiting', async () => {
    const fixture = new PumpFixture(20, { limiter: burst({ bytes: 100, policy: 'drop' }) });
    fixture.pump.start();
    const line = Buffer.from(`${'x'.repeat(99)}\n`);
    for (let i = 0; i < 5000; i++) {
      await until(() => native.pipeBytes(fixture.fd) < 60_000);
      writeSync(fixture.container, line);
    }
    await until(() => native.pipeBytes(fixture.fd) === 0);
    const lost = fixture.sink.losses.reduce((sum, { records }) => sum + records, 0);
    expect([fixture.sink.batches.flat().length, lost]).toEqual([1, 4999]);
  });

  test('numbers the records that it passes on as they came', async () => {
    let now = 0;
    const limiter = new RateLimiter({ bytes: 0, lines: 1, burstMs: 1000, policy: 'drop' }, () => now);
    const fixture = new PumpFixture(20, { limiter });
    fixture.write('a\nb\n');
    fixture.pump.start();
    await until(() => native.pipeBytes(fixture.fd) === 0);
    now = 1000;
    fixture.write('c\n');
    await until(() => fixture.sink.text === 'a|,c|');
    expect(fixture.sink.sequences).toEqual([0, 2]);
  });
});
