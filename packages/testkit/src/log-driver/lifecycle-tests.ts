import type { LogCloseReason } from '@holdfast/core/plugin';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { lineOf, batchOf } from '../batches/batch.js';
import { makeInstance } from '../suite/make-instance.js';
import type { ConformanceTest } from '../suite/register-tests.js';
import { within } from '../suite/until.js';
import type { LogBench } from './log-bench.js';
import { logOptions } from './subject.js';

const REASONS: readonly LogCloseReason[] = ['drained', 'deleted', 'restart'];
const NEVER = new AbortController().signal;
const METHODS = ['open', 'write', 'flush', 'close', 'reopen', 'read', 'gap'];
const REQUIRED = ['write', 'flush', 'close'];

/** open, write, flush and close, and what they may not do. */
export const lifecycleTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'only stores in create: nothing is on disk before open',
    async run(bench) {
      const context = bench.context();
      await makeInstance(bench.subject.definition, context, await logOptions(bench.subject, context));
      expect(existsSync(context.directory)).toBe(false);
    },
  },
  {
    title: 'has the required methods, and leaves out what it does not support',
    async run(bench) {
      const driver: object = await bench.instance();
      const present = METHODS.filter((name) => name in driver);
      expect(present).toEqual(expect.arrayContaining(REQUIRED));
      for (const name of present) expect(driver[name as keyof typeof driver]).toBeTypeOf('function');
    },
  },
  {
    title: 'takes records between open and close and loses none',
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'two\n']);
      await writer.flush();
      await writer.write(['three\n'], { stream: 'stderr' });
      expect(await writer.close()).toEqual({ lost: 0 });
    },
  },
  ...REASONS.map((reason) => ({
    title: `closes without having been given a record: ${reason}`,
    async run(bench: LogBench) {
      const writer = await bench.writer();
      await writer.flush();
      expect(await writer.close(reason)).toEqual({ lost: 0 });
    },
  })),
  {
    title: 'changes nothing in a batch',
    async run(bench) {
      const { driver } = await bench.writer();
      const batch = batchOf(['one\n', 'tw'].map(lineOf), { time: bench.nextTime() });
      const before = batch.retain();
      await driver.write(batch);
      expect(batch.bytes).toEqual(before.bytes);
      expect(batch.ends).toEqual(before.ends);
    },
  },
  { title: 'does not wait once a signal is aborted', run: heedsSignals },
];

/** Whether it does its work or rejects is the driver's choice. */
async function heedsSignals(bench: LogBench): Promise<void> {
  const aborted = AbortSignal.abort();
  const settled = (what: string, call: unknown): Promise<unknown> =>
    within(what, Promise.allSettled([Promise.resolve(call)]), 2_000);
  const driver = await bench.instance();
  await settled('open', driver.open?.(aborted));
  await settled('close after an aborted open', driver.close('drained', aborted));
  const second = await bench.instance({ id: 'second' });
  await within('open', Promise.resolve(second.open?.(NEVER)));
  await second.write(batchOf([lineOf('one\n')], { time: bench.nextTime() }));
  await settled('flush', second.flush(aborted));
  await settled('close', second.close('drained', aborted));
}

/** How a driver says that it cannot write to its place. */
export const openFailureTest: ConformanceTest<LogBench> = {
  title: 'rejects open with SHIM_LOG_OPEN and a place where it cannot write',
  needs: ['open'],
  async run(bench) {
    const context = bench.context();
    const options = (await bench.subject.unusable?.(context)) ?? {};
    const driver = await makeInstance(bench.subject.definition, context, options);
    await expect(within('open', Promise.resolve(driver.open?.(NEVER)))).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      where: expect.any(String) as string,
    });
    await within('close after a failed open', Promise.allSettled([driver.close('deleted', NEVER)]));
  },
};
