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

describe('rates', () => {
  const output = (bytes: number, records: number): NonNullable<StatsDocument['output']> => ({
    stdout: { bytes, records },
    stderr: { bytes: 10, records: 1 },
  });
  const before = reading({ clockMs: 0, output: output(0, 0), blockIo: { readBytes: 5, writeBytes: 0 } });

  it('are of one second', () => {
    const now = reading({ clockMs: 500, output: output(100, 2), blockIo: { readBytes: 5, writeBytes: 50 } });
    expect(rate(now, before)).toMatchObject({
      logRate: { bytes: 200, records: 4 },
      blockIoRate: { readBytes: 0, writeBytes: 100 },
      networkRate: { receivedBytes: 0, sentBytes: 0 },
    });
  });

  it('are not known at first, nor of what is not counted, nor when another shimd counts anew', () => {
    const first = rate(before, undefined);
    expect([first.logRate, first.blockIoRate, first.networkRate]).toEqual([null, null, null]);
    const now = reading({ clockMs: 500, output: output(0, 0), blockIo: null, network: null });
    const rated = rate(now, { ...before, output: output(1, 1) });
    expect([rated.logRate, rated.blockIoRate, rated.networkRate]).toEqual([null, null, null]);
    const { output: _none, ...older } = now;
    expect(rate(older, before).logRate).toBeNull();
  });
});
