import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/monitor/deadline.js';

const DAY = 24 * 60 * 60 * 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('calls at its time, however far that is away, and once', () => {
  let calls = 0;
  new Deadline(Date.now() + 60 * DAY, () => (calls += 1));
  vi.advanceTimersByTime(60 * DAY - 1);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(1);
  expect(calls).toBe(1);
  vi.advanceTimersByTime(60 * DAY);
  expect(calls).toBe(1);
});

it('calls at once if the time has passed, and never without a time or once it was cancelled', () => {
  let calls = 0;
  const late = (): void => void (calls += 1);
  new Deadline(Date.now() - DAY, late);
  vi.advanceTimersByTime(0);
  expect(calls).toBe(1);
  new Deadline(undefined, late);
  new Deadline(Date.now() + 5, late).cancel();
  vi.advanceTimersByTime(DAY);
  expect([calls, vi.getTimerCount()]).toEqual([1, 0]);
});
