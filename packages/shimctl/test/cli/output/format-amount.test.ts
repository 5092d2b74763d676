import { expect, it } from 'vitest';
import { formatBinary, formatDecimal, formatPercent } from '../../../src/cli/output/format-amount.js';
import { formatElapsed } from '../../../src/cli/output/format-duration.js';

it.each([
  [0, '0B'],
  [1023, '1023B'],
  [1024, '1KiB'],
  [1536, '1.5KiB'],
  [64 << 20, '64MiB'],
  [2 ** 60, '1024PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBinary(bytes)).toBe(text);
});

it.each([
  [0, '0B'],
  [999, '999B'],
  [1_234, '1.23kB'],
  [12_345_678, '12.3MB'],
])('%d bytes are %s in steps of 1000', (bytes, text) => {
  expect(formatDecimal(bytes)).toBe(text);
});

it('a share is shown in per cent', () => {
  expect([formatPercent(0.123456), formatPercent(2), formatPercent(0.5, 1)]).toEqual(['12.35%', '200.00%', '50.0%']);
});

it.each([
  [0, '0:00'],
  [61_999, '1:01'],
  [3_600_000, '1:00:00'],
  [86_400_000 * 12 + 3_661_000, '12-01:01:01'],
])('%d ms are %s', (milliseconds, text) => {
  expect(formatElapsed(milliseconds)).toBe(text);
});
