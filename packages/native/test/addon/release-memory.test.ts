import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';

describe('releaseMemory', () => {
  it('collects what nothing refers to, and keeps the rest', async () => {
    const kept = { name: 'kept' };
    const dropped = new WeakRef({ name: 'dropped' });
    const held = new WeakRef(kept);
    // What was made in this job stays until its end.
    await setImmediate();
    native.releaseMemory(true);
    expect(dropped.deref()).toBeUndefined();
    expect(held.deref()).toBe(kept);
  });

  it('gives the pages of a heap that had grown back to the system', () => {
    native.releaseMemory(true);
    const before = heapTotal();
    expect(heapTotalWith(400_000)).toBeGreaterThan(before + 8e6);
    native.releaseMemory(true);
    expect(heapTotal()).toBeLessThan(before + 4e6);
  });

  it('needs to be told whether', () => {
    expect(() => native.releaseMemory(1 as unknown as boolean)).toThrow(/collect/);
  });
});

function heapTotal(): number {
  return process.memoryUsage().heapTotal;
}

/** While there are so many objects. */
function heapTotalWith(count: number): number {
  const objects = Array.from({ length: count }, (_, i) => ({ i }));
  const total = heapTotal();
  expect(objects).toHaveLength(count);
  return total;
}
