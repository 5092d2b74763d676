import { expect, it } from 'vitest';
import { exitStatusOf, timeOf } from '../../src/task/exit-status.js';

it('keeps every digit of the time', () => {
  expect(timeOf('2026-01-02T03:04:05.123456789Z')).toEqual({ seconds: 1_767_323_045n, nanos: 123_456_789 });
  expect(timeOf('2026-01-02T03:04:05.5Z')).toEqual({ seconds: 1_767_323_045n, nanos: 500_000_000 });
  expect(timeOf('2026-01-02T03:04:05Z')).toEqual({ seconds: 1_767_323_045n, nanos: 0 });
});

it("has Go's zero time for what has not ended, and 255 for a code that nobody knows", () => {
  expect(exitStatusOf(undefined)).toEqual({ exitStatus: 0, exitedAt: { seconds: -62_135_596_800n, nanos: 0 } });
  expect(exitStatusOf({ exitCode: null, signal: null, exitedAt: '2026-01-02T03:04:05Z' }).exitStatus).toBe(255);
});
