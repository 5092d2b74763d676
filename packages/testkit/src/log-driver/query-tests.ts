import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import { writtenText } from './texts.js';

/** tail, since and until. */
export const queryTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'reads the last lines',
    needs: ['read'],
    async run(bench) {
      await written(bench);
      expect(writtenText(await bench.read({ tail: 1 }))).toBe('four\n');
      expect(writtenText(await bench.read({ tail: 3 }))).toBe('two\nthree\nfour\n');
    },
  },
  {
    title: 'reads everything if there are fewer lines, and nothing with a tail of 0',
    needs: ['read'],
    async run(bench) {
      await written(bench);
      expect(writtenText(await bench.read({ tail: 100 }))).toBe('one\ntwo\nthree\nfour\n');
      expect(await bench.read({ tail: 0 })).toEqual([]);
    },
  },
  {
    title: 'takes a run of partial records for one line of the tail',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'two\n', 'th']);
      await writer.write(['re']);
      await writer.write(['e\n', 'end']);
      await writer.flush();
      expect(writtenText(await bench.read({ tail: 1 }))).toBe('end');
      expect(writtenText(await bench.read({ tail: 2 }))).toBe('three\nend');
    },
  },
  {
    title: 'reads the last lines of one stream',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      for (const n of [1, 2, 3]) {
        await writer.write([`error ${n}\n`], { stream: 'stderr' });
        await writer.write([`line ${n}\n`]);
      }
      await writer.flush();
      expect(writtenText(await bench.read({ tail: 2, streams: ['stderr'] }))).toBe('error 2\nerror 3\n');
    },
  },
  { title: 'reads what is not older than since, and older than until', needs: ['read'], run: readsBetween },
  {
    title: 'reads the last lines before until',
    needs: ['read'],
    async run(bench) {
      const [, , third] = await written(bench);
      expect(writtenText(await bench.read({ until: third, tail: 1 }))).toBe('two\n');
    },
  },
];

/** Four batches of a line; resolves to their times. */
async function written(bench: LogBench): Promise<[bigint, bigint, bigint, bigint]> {
  const writer = await bench.writer();
  const one = await writer.write(['one\n']);
  const two = await writer.write(['two\n']);
  const three = await writer.write(['three\n']);
  const four = await writer.write(['four\n']);
  await writer.flush();
  return [bench.kept(one), bench.kept(two), bench.kept(three), bench.kept(four)];
}

async function readsBetween(bench: LogBench): Promise<void> {
  const [one, two, , four] = await written(bench);
  expect(writtenText(await bench.read({ since: two }))).toBe('two\nthree\nfour\n');
  expect(writtenText(await bench.read({ until: four }))).toBe('one\ntwo\nthree\n');
  expect(writtenText(await bench.read({ since: two, until: four }))).toBe('two\nthree\n');
  expect(await bench.read({ since: four + 1_000_000n })).toEqual([]);
  expect(await bench.read({ until: one })).toEqual([]);
}
