import type { StreamName } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import { collect, type LogBench } from './log-bench.js';
import { writtenText } from './texts.js';

const BATCHES = 40;
const LINES_A_BATCH = 50;

/** What was taken is there after a flush, in order, with its stream and time, and nobody else's. */
export const orderTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'can be read after flush, and again after more was written',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      for (const text of ['one\n', 'two\n', 'three\n']) {
        await writer.write([text]);
        await writer.flush();
        expect(writtenText(await bench.read()).endsWith(text)).toBe(true);
      }
      expect(writtenText(await bench.read())).toBe('one\ntwo\nthree\n');
    },
  },
  {
    title: 'can be read through the instance that writes, too',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n']);
      await writer.flush();
      expect(writtenText(await collect(writer.driver))).toBe('one\n');
      await writer.write(['two\n']);
      await writer.flush();
      expect(writtenText(await bench.read())).toBe('one\ntwo\n');
    },
  },
  {
    title: 'can be read after close, to the last record',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'two']);
      await writer.close('drained');
      expect(writtenText(await bench.read())).toBe('one\ntwo');
    },
  },
  { title: 'keeps the order of a stream over many batches', needs: ['read'], run: keepsOrder },
  { title: 'keeps both streams apart', needs: ['read'], run: keepsStreams },
  { title: 'keeps the time of each batch', needs: ['read'], run: keepsTimes },
  {
    title: 'does not mix two containers',
    needs: ['read'],
    run: (bench) => keepsApart(bench, [{ id: 'one' }, { id: 'two' }]),
  },
  {
    title: 'does not mix two containers of one id in two namespaces',
    needs: ['read'],
    run: (bench) => keepsApart(bench, [{ namespace: 'one' }, { namespace: 'two' }]),
  },
  {
    title: 'has nothing to read before anything was written',
    needs: ['read'],
    async run(bench) {
      expect(await bench.read()).toEqual([]);
      await bench.writer();
      expect(await bench.read()).toEqual([]);
    },
  },
];

async function keepsOrder(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  const written = { stdout: '', stderr: '' };
  for (let batch = 0; batch < BATCHES; batch++) {
    const stream: StreamName = batch % 3 === 0 ? 'stderr' : 'stdout';
    const texts = Array.from({ length: LINES_A_BATCH }, (_, i) => `${stream} ${batch * LINES_A_BATCH + i}\n`);
    written[stream] += texts.join('');
    await writer.write(texts, { stream });
  }
  await writer.flush();
  const lines = writtenText(await bench.read())
    .split('\n')
    .slice(0, -1);
  for (const stream of ['stdout', 'stderr'] as const) {
    const ofStream = lines.filter((line) => line.startsWith(stream)).map((line) => `${line}\n`);
    expect(ofStream.join('') === written[stream], `all lines of ${stream}, in order`).toBe(true);
  }
  expect(lines).toHaveLength(BATCHES * LINES_A_BATCH);
}

async function keepsStreams(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  await writer.write(['one\n']);
  await writer.write(['two\n'], { stream: 'stderr' });
  await writer.write(['thr']);
  await writer.write(['four\n'], { stream: 'stderr' });
  await writer.write(['ee\n']);
  await writer.flush();
  const all = await bench.read();
  expect(writtenText(all, 'stdout')).toBe('one\nthree\n');
  expect(writtenText(all, 'stderr')).toBe('two\nfour\n');
  expect(writtenText(await bench.read({ streams: ['stdout'] }))).toBe('one\nthree\n');
  expect(writtenText(await bench.read({ streams: ['stderr'] }))).toBe('two\nfour\n');
}

async function keepsTimes(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  const first = await writer.write(['one\n', 'two\n']);
  const second = await writer.write(['three\n'], { stream: 'stderr' });
  await writer.flush();
  const times = (await bench.read()).map((item) => item.type === 'entry' && item.time);
  expect(times).toEqual([bench.kept(first), bench.kept(first), bench.kept(second)]);
}

async function keepsApart(bench: LogBench, containers: readonly [object, object]): Promise<void> {
  const [one, two] = [await bench.writer(containers[0]), await bench.writer(containers[1])];
  await one.write(['one of one\n', 'tw']);
  await two.write(['one of two\n']);
  await one.write(['o of one\n']);
  await two.write(['two of two\n']);
  await one.flush();
  await two.flush();
  expect(writtenText(await bench.read({}, containers[0]))).toBe('one of one\ntwo of one\n');
  expect(writtenText(await bench.read({}, containers[1]))).toBe('one of two\ntwo of two\n');
}
