import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RateLimit } from '../../src/config/container-config.js';
import { RateLimiter } from '../../src/stdio/rate-limiter.js';

const NONE: RateLimit = { bytes: 0, lines: 0, burstMs: 1000, policy: 'block' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A limiter on the clock of the fake timers. */
function limiter(limit: Partial<RateLimit>): RateLimiter {
  return new RateLimiter({ ...NONE, ...limit }, () => Date.now());
}

/** Where `count` records of `bytes` each end. */
function ends(count: number, bytes: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => (i + 1) * bytes);
}

describe('records pass', () => {
  test('by number, up to the burst at first and then as time goes by', () => {
    const lines = limiter({ lines: 10, burstMs: 500 });
    expect(lines.take(ends(100, 7), 100)).toBe(5);
    expect(lines.take(ends(100, 7), 100)).toBe(0);
    vi.advanceTimersByTime(250);
    expect(lines.take(ends(100, 7), 100)).toBe(2);
    vi.advanceTimersByTime(60_000);
    expect(lines.take(ends(100, 7), 100)).toBe(5);
  });

  test('by their bytes, whole ones only', () => {
    const bytes = limiter({ bytes: 1000 });
    expect(bytes.take(ends(100, 300), 100)).toBe(3);
    vi.advanceTimersByTime(100);
    // 100 were left over.
    expect(bytes.take(ends(100, 201), 100)).toBe(0);
    expect(bytes.take(ends(100, 200), 100)).toBe(1);
  });

  test('only as both limits allow', () => {
    expect(limiter({ bytes: 1000, lines: 2 }).take(ends(9, 100), 9)).toBe(2);
    expect(limiter({ bytes: 150, lines: 9 }).take(ends(9, 100), 9)).toBe(1);
  });

  test('although they are larger than the burst, when it is saved up, and what they took is paid for afterwards', () => {
    const bytes = limiter({ bytes: 1000, burstMs: 100 });
    expect(bytes.take(ends(2, 500), 2)).toBe(1);
    expect(bytes.take(ends(2, 500), 2)).toBe(0);
    vi.advanceTimersByTime(499);
    expect(bytes.take(ends(2, 500), 2)).toBe(0);
    vi.advanceTimersByTime(1);
    expect(bytes.take(ends(2, 500), 2)).toBe(1);
  });

  test('one at a time without a burst', () => {
    const lines = limiter({ lines: 10, burstMs: 0 });
    expect(lines.take(ends(9, 1), 9)).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(lines.take(ends(9, 1), 9)).toBe(1);
  });
});

describe('who waits', () => {
  test('goes on when there are tokens, by one timer and no look in between', () => {
    const lines = limiter({ lines: 10, burstMs: 500 });
    lines.take(ends(5, 1), 5);
    const resume = vi.fn();
    lines.wait(1, resume);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(99);
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(resume).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is served in turn: a stream that floods keeps none from the other', () => {
    const lines = limiter({ lines: 10, burstMs: 100 });
    lines.take(ends(1, 1), 1);
    const order: string[] = [];
    const again = (name: string): void => {
      order.push(`${name} ${lines.take(ends(9, 1), 9)}`);
      if (order.length < 4) lines.wait(1, () => again(name));
    };
    lines.wait(1, () => again('stdout'));
    lines.wait(1, () => again('stderr'));
    vi.advanceTimersByTime(1000);
    expect(order.slice(0, 4)).toEqual(['stdout 1', 'stderr 1', 'stdout 1', 'stderr 1']);
  });

  test('is forgotten when it takes that back, and no timer is left', () => {
    const lines = limiter({ lines: 1 });
    lines.take(ends(1, 1), 1);
    const resume = vi.fn();
    lines.wait(1, resume)();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(resume).not.toHaveBeenCalled();
  });

  test('goes on at once when the limit is lifted for a time, and waits again after it', () => {
    const lines = limiter({ lines: 1 });
    lines.take(ends(1, 1), 1);
    const resume = vi.fn();
    lines.wait(1, resume);
    lines.lift(500);
    expect(resume).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(499);
    // The longer one counts.
    lines.lift(0);
    expect(lines.take(ends(99, 1), 99)).toBe(99);
    vi.advanceTimersByTime(1);
    expect(lines.take(ends(99, 1), 99)).toBe(0);
    vi.advanceTimersByTime(500);
    expect(lines.take(ends(99, 1), 99)).toBe(1);
  });

  test('goes on at once when the limit is lifted, and everything passes from then on', () => {
    const lines = limiter({ lines: 1 });
    lines.take(ends(1, 1), 1);
    const resume = vi.fn();
    lines.wait(1, resume);
    lines.lift();
    expect(resume).toHaveBeenCalledOnce();
    expect([lines.take(ends(99, 1), 99), lines.room, vi.getTimerCount()]).toEqual([99, Infinity, 0]);
  });
});
