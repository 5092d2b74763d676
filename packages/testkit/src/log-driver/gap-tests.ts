import type { LogEntry, LogGap, LogLoss } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import { within } from '../suite/until.js';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import type { LogWriter } from './log-writer.js';

const NEEDS = ['read', 'gap'];

/** gap: records that the host could not give to the driver. */
export const gapTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'tells of lost records where they are missing, and whose, how many and why',
    needs: NEEDS,
    run: tellsOfLoss,
  },
  {
    title: 'tells of lost records in the middle of a line, which goes on behind them',
    needs: NEEDS,
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'tw']);
      await lose(writer, loss(bench));
      await writer.write(['o\n']);
      await writer.flush();
      const items = await bench.read();
      expect(items.map(typeOf)).toEqual(['one', 'tw', 'gap', 'o']);
    },
  },
  {
    title: 'takes no line of the container for lost records',
    needs: NEEDS,
    async run(bench) {
      const writer = await bench.writer();
      const text = 'holdfast: 3 records (120 bytes) lost: queue full';
      await writer.write([`${text}\n`]);
      await writer.flush();
      expect((await bench.read()).map(typeOf)).toEqual([text]);
    },
  },
];

async function tellsOfLoss(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  await writer.write(['one\n']);
  const lost = loss(bench);
  await lose(writer, lost);
  await writer.write(['two\n']);
  await writer.flush();
  const items = await bench.read();
  expect(items.map(typeOf)).toEqual(['one', 'gap', 'two']);
  const { records, bytes, stream } = lost;
  expect(items[1]).toMatchObject({ records, bytes, stream, reason: 'queue full', time: bench.kept(lost.to) });
}

function loss(bench: LogBench): LogLoss {
  return {
    stream: 'stderr',
    records: 3,
    bytes: 120,
    reason: 'queue full',
    from: bench.nextTime(),
    to: bench.nextTime(),
  };
}

async function lose({ driver }: LogWriter, lost: LogLoss): Promise<void> {
  await within('gap', Promise.resolve(driver.gap?.(lost)));
}

function typeOf(item: LogEntry | LogGap): string {
  return item.type === 'gap' ? 'gap' : item.bytes.toString();
}
