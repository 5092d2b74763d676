import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '@holdfast/core/client';
import { rate } from '../../../src/cli/stats/rates.js';
import { statsDocument } from '../support/documents.js';

const REF = { namespace: 'default', id: 'c1', instance: 'i1' };
const reading = (changes: Partial<StatsDocument> = {}): StatsDocument => statsDocument(REF, changes);
const cpu = (usageUs: number): StatsDocument['cpu'] => ({ usageUs, cpus: 4 });

describe('the CPU share', () => {
  it('is that of one CPU', () => {
    const before = reading({ clockMs: 1_000, cpu: cpu(0) });
    expect(rate(reading({ clockMs: 1_500, cpu: cpu(1_000_000) }), before).cpuPercent).toBe(200);
  });

  it.each<[string, StatsDocument | undefined]>([
    ['without an earlier reading', undefined],
    ['when the earlier reading is of another container with the same id', { ...reading(), instance: 'i0', clockMs: 0 }],
    ['when no time has passed', reading()],
    ['when it was not counted', reading({ clockMs: 0, cpu: null })],
  ])('is not known %s', (_when, before) => {
    expect(rate(reading(), before).cpuPercent).toBeNull();
  });

  it('is never negative', () => {
    expect(rate(reading({ cpu: cpu(5) }), reading({ clockMs: 0, cpu: cpu(6) })).cpuPercent).toBe(0);
  });
});

describe('the memory share', () => {
  it.each([
    [{ usageBytes: 25, limitBytes: 100, hostBytes: 1_000 }, 25],
    [{ usageBytes: 25, limitBytes: null, hostBytes: 1_000 }, 2.5],
    [{ usageBytes: 25, limitBytes: 2_000, hostBytes: 1_000 }, 2.5],
    [{ usageBytes: 25, limitBytes: 0, hostBytes: 1_000 }, null],
    [null, null],
  ])('of %j is %j', (memory, percent) => {
    expect(rate(reading({ memory }), undefined).memoryPercent).toBe(percent);
  });
});
