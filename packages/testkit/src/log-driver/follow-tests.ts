import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import type { LogFollower } from './log-follower.js';
import type { LogWriter } from './log-writer.js';

/** read with follow. */
export const followTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'follows: what is there, then each record once it is written, then the end',
    needs: ['read'],
    async run(bench) {
      const { writer, follower } = await followed(bench);
      for (const text of ['two\n', '\n', 'four\n']) await arrives(follower, writer, text);
      expect(await follower.rest()).toBe('');
    },
  },
  {
    title: 'follows to the last record, which has no newline',
    needs: ['read'],
    async run(bench) {
      const { writer, follower } = await followed(bench);
      await writer.write(['two\n', 'end']);
      await writer.close('drained');
      expect(await follower.rest()).toBe('two\nend');
    },
  },
  {
    title: 'follows a log that is not there yet',
    needs: ['read'],
    async run(bench) {
      const follower = await bench.follower();
      const coming = follower.next();
      const writer = await bench.writer();
      await writer.write(['one\n']);
      await writer.flush();
      expect(await coming).toBe('one\n');
      expect(await follower.rest()).toBe('');
    },
  },
  {
    title: 'follows from the last lines on',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'two\n', 'three\n']);
      await writer.flush();
      const follower = await bench.follower({ tail: 2 });
      expect(await follower.text(10)).toBe('two\nthree\n');
      await arrives(follower, writer, 'four\n');
      expect(await follower.rest()).toBe('');
    },
  },
  {
    title: 'stops following at once when the reader leaves',
    needs: ['read'],
    async run(bench) {
      const { follower } = await followed(bench);
      const coming = follower.next().catch(() => undefined);
      follower.leave();
      expect(await coming).toBeUndefined();
    },
  },
  {
    title: 'follows across a restart of the shim',
    needs: ['read'],
    async run(bench) {
      const { writer: first, follower } = await followed(bench);
      await first.close('restart');
      const second = await bench.writer();
      await second.write(['two\n', 'end']);
      await second.close('drained');
      expect(await follower.rest()).toBe('two\nend');
    },
  },
];

/** A log of the line `one`, which its follower has read. */
async function followed(bench: LogBench): Promise<{ writer: LogWriter; follower: LogFollower }> {
  const writer = await bench.writer();
  await writer.write(['one\n']);
  await writer.flush();
  const follower = await bench.follower();
  expect(await follower.next()).toBe('one\n');
  return { writer, follower };
}

/** `text` is waited for before it is written. */
async function arrives(follower: LogFollower, writer: LogWriter, text: string): Promise<void> {
  const coming = follower.next();
  await writer.write([text]);
  await writer.flush();
  expect(await coming).toBe(text);
}
