import { describe, expect, it } from 'vitest';
import { timestamp } from '../../src/write/timestamp.js';

describe('timestamp', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000000000Z'],
    [1_735_787_045_000_000_006n, '2025-01-02T03:04:05.000000006Z'],
    [1_735_787_045_120_000_000n, '2025-01-02T03:04:05.120000000Z'],
    [4_102_444_799_999_999_999n, '2099-12-31T23:59:59.999999999Z'],
  ])('writes %d with nine fraction digits', (nanoseconds, text) => {
    expect(timestamp(nanoseconds)).toBe(text);
  });
});
