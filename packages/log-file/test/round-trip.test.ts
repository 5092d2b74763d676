import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchPlans, maxSize, type BatchPlan } from './support/arbitraries.js';
import { batchOf } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';

const RUNS = { numRuns: 60 };

function entriesOf(plans: readonly BatchPlan[]): unknown[] {
  return plans.flatMap(({ stream, time, lines }) => lines.map((line) => ({ type: 'entry', stream, time, ...line })));
}

/** Contents of the files of a log, oldest first. */
async function fileContents(log: TestLog): Promise<string[]> {
  const { length } = await log.files();
  return Promise.all(Array.from({ length }, (_, i) => log.contents(length - 1 - i)));
}

describe('what was written', () => {
  it('is read back from a cri log, whatever the bytes, batches and sizes are', async () => {
    await fc.assert(
      fc.asyncProperty(batchPlans, maxSize, async (plans, size) => {
        const log = await TestLog.make({ maxSize: size, maxFiles: 100 });
        try {
          for (const plan of plans) await log.driver.write(batchOf(plan.lines, plan));
          expect(await log.readAll()).toEqual(entriesOf(plans));
          for (const contents of await fileContents(log)) {
            expect(contents === '' || contents.endsWith('\n')).toBe(true);
            const records = contents.split('\n').length - 1;
            if (size > 0) expect(contents.length <= size || records === 1).toBe(true);
          }
        } finally {
          expect(await log.remove()).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('is read back from a raw log byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(batchPlans, maxSize, async (plans, size) => {
        const log = await TestLog.make({ format: 'raw', maxSize: size, maxFiles: 100 });
        try {
          const batches = plans.map((plan) => batchOf(plan.lines, plan));
          for (const batch of batches) await log.driver.write(batch);
          const written = Buffer.concat(batches.map(({ bytes }) => bytes)).toString('latin1');
          expect((await fileContents(log)).join('')).toBe(written);
          const items = await log.readAll();
          const texts = items.map((item) => (item.type === 'gap' ? 'gap' : textOfRaw(item)));
          expect(texts.join('')).toBe(written);
        } finally {
          expect(await log.remove()).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('is whole records, and the rest is counted, whenever writes fail', async () => {
    const fault = fc.option(fc.record({ after: fc.integer({ min: 0, max: 400 }) }), { nil: undefined, freq: 1 });
    await fc.assert(
      fc.asyncProperty(batchPlans, maxSize, fc.array(fault, { maxLength: 20 }), async (plans, size, faults) => {
        const log = await TestLog.make({ maxSize: size, maxFiles: 100 });
        try {
          log.lane.faults = faults;
          const kept: BatchPlan[] = [];
          for (const plan of plans) kept.push(await writeCounting(log, plan));
          expect(await log.readAll()).toEqual(entriesOf(kept));
          for (const contents of await fileContents(log)) expect(/^$|\n$/.test(contents)).toBe(true);
        } finally {
          expect(await log.remove()).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});

function textOfRaw({ bytes, partial }: { bytes: Buffer; partial: boolean }): string {
  return bytes.toString('latin1') + (partial ? '' : '\n');
}

/** Resolves to the part of the batch that was not counted as lost. */
async function writeCounting(log: TestLog, plan: BatchPlan): Promise<BatchPlan> {
  try {
    await log.driver.write(batchOf(plan.lines, plan));
    return plan;
  } catch (error) {
    const { lost } = error as { lost: number };
    expect(error).toMatchObject({ code: 'SHIM_LOG_WRITE', cause: { code: 'ENOSPC' } });
    return { ...plan, lines: plan.lines.slice(0, plan.lines.length - lost) };
  }
}
