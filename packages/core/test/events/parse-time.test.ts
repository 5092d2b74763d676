import { expect, test } from 'vitest';
import { parseTime } from '../../src/events/parse-time.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');

test.each([
  ['2026-01-02T03:04:05Z', NOW],
  ['2026-01-02T04:04:05.250+01:00', NOW + 250],
  ['2026-01-02T03:04Z', NOW - 5_000],
  ['0', 0],
  ['1767323045.5', NOW + 500],
  ['yesterday', undefined],
  ['2026-01-02', undefined],
  ['2026-13-02T03:04:05Z', undefined],
  ['-1', undefined],
  ['10m', undefined],
])('the time %s', (text, time) => {
  expect(parseTime(text)).toBe(time);
});
