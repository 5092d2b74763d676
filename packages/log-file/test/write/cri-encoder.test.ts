import fc from 'fast-check';
import type { FileLane, LogBatch, PrefixedRecords } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { criEncoder as encoder } from '../../src/write/cri-encoder.js';
import { SPAN_LIMIT, type Span } from '../../src/write/encoder.js';
import { recordSize } from '../../src/write/framed-records.js';
import { timestamp } from '../../src/write/timestamp.js';
import { batchPlan, type BatchPlan } from '../support/arbitraries.js';
import { batchOf, textBatch } from '@holdfast/testkit';
import { prefixedBytes } from '@holdfast/testkit';

/** What a file should hold, made the simple way. */
function expected({ stream, time, lines }: BatchPlan): Buffer {
  const records = lines.map(({ bytes, partial }) =>
    Buffer.concat([Buffer.from(`${timestamp(time)} ${stream} ${partial ? 'P' : 'F'} `), bytes, Buffer.from('\n')]),
  );
  return Buffer.concat(records);
}

/** What the encoder has the lane write. */
function encoded(batch: LogBatch, span: Span): Buffer {
  const pieces: Buffer[] = [];
  const writeRecords = (_fd: number, records: PrefixedRecords): Promise<void> => {
    pieces.push(prefixedBytes(records));
    return Promise.resolve();
  };
  void encoder.write({ lane: { writeRecords } as unknown as FileLane, fd: 0 }, batch, span);
  return Buffer.concat(pieces);
}

describe('the CRI encoder', () => {
  it('writes time, stream, tag and text', () => {
    const batch = textBatch(['one\n', '\n', 'tw'], { stream: 'stderr' });
    const span = encoder.fit(batch, 0, { room: Infinity, atLeastOne: false });
    expect(encoded(batch, span).toString()).toBe(
      '2025-01-02T03:04:05.000000006Z stderr F one\n' +
        '2025-01-02T03:04:05.000000006Z stderr F \n' +
        '2025-01-02T03:04:05.000000006Z stderr P tw\n',
    );
  });

  it('writes any bytes unchanged, in as many spans as the room asks for', () => {
    fc.assert(
      fc.property(batchPlan, fc.integer({ min: 1, max: 400 }), (plan, room) => {
        const batch = batchOf(plan.lines, plan);
        const pieces: Buffer[] = [];
        for (let done = 0; done < batch.count;) {
          const span = encoder.fit(batch, done, { room, atLeastOne: true });
          pieces.push(encoded(batch, span));
          expect(span.size <= room || span.to === done + 1).toBe(true);
          done = span.to;
        }
        expect(Buffer.concat(pieces).equals(expected(plan))).toBe(true);
      }),
    );
  });

  it('knows the size of a record beforehand', () => {
    const batch = textBatch(['one\n', '\n', 'tw']);
    expect([0, 1, 2].map((i) => recordSize(batch, i, encoder))).toEqual([44, 41, 43]);
  });

  it('makes spans of bounded size of a batch of empty lines', () => {
    const batch = textBatch(new Array<string>(60_000).fill('\n'));
    const spans = [];
    for (let done = 0; done < batch.count;) {
      const span = encoder.fit(batch, done, { room: Infinity, atLeastOne: false });
      spans.push(span.size);
      done = span.to;
    }
    expect(spans.reduce((sum, size) => sum + size)).toBe(60_000 * 41);
    expect(spans.length).toBe(3);
    expect(Math.max(...spans)).toBeLessThanOrEqual(SPAN_LIMIT);
  });

  it('writes a record that is larger than a span', () => {
    const batch = textBatch(['x'.repeat(SPAN_LIMIT) + '\n', 'y\n']);
    const span = encoder.fit(batch, 0, { room: Infinity, atLeastOne: false });
    expect(span).toEqual({ from: 0, to: 1, size: SPAN_LIMIT + 41 });
    const bytes = encoded(batch, span);
    expect(bytes.length).toBe(span.size);
    expect(bytes[span.size - 1]).toBe(10);
  });
});
