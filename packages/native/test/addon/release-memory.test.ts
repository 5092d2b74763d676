import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

  it('unmaps Node itself, which goes on as before', () => {
    const before = mappedOfProgram();
    native.releaseMemory(false);
    expect(mappedOfProgram()).toBeLessThan(before / 2);
    expect(createHash('sha256').update('a').digest('hex')).toMatch(/^ca978112/);
    expect(new Intl.NumberFormat('de').format(1234.5)).toBe('1.234,5');
  });

  it('needs to be told whether', () => {
    expect(() => native.releaseMemory(1 as unknown as boolean)).toThrow(/collect/);
  });
});

/** KiB of Node's file that this process has mapped. */
function mappedOfProgram(): number {
  const smaps = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const own = smaps.filter((mapping) => mapping.split('\n', 1)[0]?.endsWith(` ${process.execPath}`));
  return own.reduce((sum, mapping) => sum + Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1]), 0);
}

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
