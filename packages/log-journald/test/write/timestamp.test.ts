import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTimestamp, timestampOf } from '../../src/write/timestamp.js';

it('a timestamp has nine digits and leads back to its time', () => {
  expect(timestampOf(1_735_787_045_000_000_006n)).toBe('2025-01-02T03:04:05.000000006Z');
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 4_102_444_799_999_999_999n }), (time) => {
      expect(timestampOf(time)).toHaveLength(30);
      expect(parseTimestamp(timestampOf(time))).toBe(time);
    }),
  );
});

it.each([
  ['2025-01-02T03:04:05Z', 1_735_787_045_000_000_000n],
  ['2025-01-02T05:04:05.5+02:00', 1_735_787_045_500_000_000n],
  ['2025-01-02 03:04:05', undefined],
  ['2025-99-02T03:04:05Z', undefined],
  ['', undefined],
])('%s of another writer is read as %s', (text, time) => {
  expect(parseTimestamp(text)).toBe(time);
});
