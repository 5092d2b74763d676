import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { GapSet } from '../../../src/logging/gaps/gap-set.js';
import { MemoryQueue } from '../../../src/logging/queue/memory-queue.js';
import { newDriverCounters } from '../../../src/metrics/counters.js';
import type { LogBatch, StreamName } from '../../../src/plugin/log-batch.js';
import { batchFrom } from '../batch.js';

const NO_GAPS = new GapSet();
const MS = 1_000_000n;

function push(queue: MemoryQueue, batch: LogBatch, windowNs = 0n): boolean {
  return queue.push({ batch, from: 0, to: batch.count }, NO_GAPS, windowNs);
}

function drained(queue: MemoryQueue): { stream: StreamName; time: bigint; sequence: number; texts: string[] }[] {
  const found = [];
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const view = batch.view();
    const texts = Array.from({ length: view.count }, (_, i) => view.record(i).bytes.toString());
    found.push({ stream: view.stream, time: view.time, sequence: view.sequence, texts });
  }
  return found;
}

/** Bytes in use, all garbage thrown away. */
function used(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('a full queue', () => {
  test.each([
    ['blank lines, many at a time', 16_384, '\n', MS],
    ['blank lines, one at a time and far apart', 1, '\n', 0n],
    ['short lines, a few at a time, joined', 3, 'short\n', MS],
    ['alternating streams', 1, 'x\n', MS],
  ])('of %s takes no more memory than its limit', (title, count, line, windowNs) => {
    const limit = 4 << 20;
    const queue = new MemoryQueue(limit, newDriverCounters());
    const records = Array.from({ length: count }, () => line);
    const before = used();
    for (let i = 0, full = false; !full; i++) {
      const stream = title === 'alternating streams' && i % 2 === 1 ? 'stderr' : 'stdout';
      full = !push(queue, batchFrom(records, { stream, sequence: i * count, time: BigInt(i) }), windowNs);
    }
    const taken = used() - before;
    expect(taken).toBeLessThan(1.1 * limit);
    // And it is not half empty either, but for what is only reckoned.
    expect(taken).toBeGreaterThan(0.4 * limit);
    expect(queue.head).toBeDefined();
  });
});

describe('batches', () => {
  test('of one stream that come one after the other within the window are joined, with the time of the first', () => {
    const queue = new MemoryQueue(1 << 20, newDriverCounters());
    push(queue, batchFrom(['a\n', 'b\n'], { time: 5n * MS }), MS);
    push(queue, batchFrom(['c\n'], { time: 6n * MS, sequence: 2 }), MS);
    push(queue, batchFrom(['d\n'], { time: 7n * MS, sequence: 3 }), MS);
    expect(drained(queue)).toEqual([
      { stream: 'stdout', time: 5n * MS, sequence: 0, texts: ['a', 'b', 'c'] },
      { stream: 'stdout', time: 7n * MS, sequence: 3, texts: ['d'] },
    ]);
  });

  test('stay in order whatever their streams, and are not joined over what is missing', () => {
    const queue = new MemoryQueue(1 << 20, newDriverCounters());
    push(queue, batchFrom(['a\n']), MS);
    push(queue, batchFrom(['x\n'], { stream: 'stderr' }), MS);
    push(queue, batchFrom(['b\n'], { sequence: 1 }), MS);
    push(queue, batchFrom(['d\n'], { sequence: 3 }), MS);
    expect(drained(queue).map(({ texts }) => texts.join())).toEqual(['a', 'x', 'b', 'd']);
  });

  test('are not added to the one that is in use, nor is that dropped', () => {
    const queue = new MemoryQueue(1 << 20, newDriverCounters());
    push(queue, batchFrom(['a\n']), MS);
    queue.headBusy = true;
    push(queue, batchFrom(['b\n'], { sequence: 1 }), MS);
    expect(queue.dropOldest()?.view().record(0).bytes.toString()).toBe('b');
    expect(queue.dropOldest()).toBeUndefined();
    queue.headBusy = false;
    expect(drained(queue).map(({ texts }) => texts.join())).toEqual(['a']);
    expect(queue.cost).toBe(0);
  });

  test('are copies: the buffer they came in is free', () => {
    const queue = new MemoryQueue(1 << 20, newDriverCounters());
    const batch = batchFrom(['a\n', 'b\n']);
    push(queue, batch);
    batch.bytes.fill(0);
    batch.ends.fill(0);
    expect(drained(queue)).toMatchObject([{ texts: ['a', 'b'] }]);
  });

  test('are counted as they come and go', () => {
    const counters = newDriverCounters();
    const queue = new MemoryQueue(1 << 20, counters);
    push(queue, batchFrom(['a\n', 'bc\n']));
    expect(counters).toMatchObject({ queuedRecords: 2, queuedBytes: 5 });
    queue.advance(1);
    expect(counters).toMatchObject({ queuedRecords: 1, queuedBytes: 3 });
    expect(queue.head?.view()).toMatchObject({ sequence: 1, count: 1 });
    queue.shift();
    expect(counters).toMatchObject({ queuedRecords: 0, queuedBytes: 0 });
  });
});

test('an empty queue takes what is larger than it is, and nothing more', () => {
  const queue = new MemoryQueue(10, newDriverCounters());
  expect(push(queue, batchFrom(['a long line of its own\n']))).toBe(true);
  expect(push(queue, batchFrom(['b\n']))).toBe(false);
});
