import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whenOver } from '../../../src/cli/commands/when-over.js';

const DAY = 86_400_000;

describe('whenOver', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
  afterEach(() => void vi.useRealTimers());

  const inMs = (milliseconds: number): bigint => BigInt(Date.now() + milliseconds) * 1_000_000n;

  it.each([
    ['the past', -DAY, 0],
    ['a minute', 60_000, 60_500],
    ['more days than a timer takes', 100 * DAY, 100 * DAY + 500],
  ])('calls half a second after a time in %s', (_when, ahead, after) => {
    const over = vi.fn();
    whenOver(inMs(ahead), over);
    vi.advanceTimersByTime(Math.max(0, after - 1));
    expect(over).toHaveBeenCalledTimes(after === 0 ? 1 : 0);
    vi.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind when it is cancelled', () => {
    const over = vi.fn();
    for (const ahead of [1000, 100 * DAY]) {
      const cancel = whenOver(inMs(ahead), over);
      vi.advanceTimersByTime(30 * DAY * (ahead > DAY ? 1 : 0));
      cancel();
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(over).not.toHaveBeenCalled();
  });

  it('does nothing without a time', () => {
    whenOver(undefined, vi.fn())();
    expect(vi.getTimerCount()).toBe(0);
  });
});
