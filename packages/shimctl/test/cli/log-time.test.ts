import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLogTime } from '../../src/cli/log-time.js';

const NOW = 1_767_323_045_000_000_000n;
const HOUR = 3_600_000_000_000n;

describe('parseLogTime', () => {
  const zone = process.env.TZ;
  beforeAll(() => void (process.env.TZ = 'Asia/Kolkata'));
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each([
    ['2026-01-02T03:04:05Z', NOW],
    ['2026-01-02t03:04:05z', NOW],
    ['2026-01-02T03:04:05.123456789Z', NOW + 123_456_789n],
    ['2026-01-02T05:04:05.5+02:00', NOW + 500_000_000n],
    ['2026-01-02T08:34:05', NOW],
    ['2026-01-02 08:34', NOW - 5_000_000_000n],
    ['2026-01-02T03:04Z', NOW - 5_000_000_000n],
    ['1767323045', NOW],
    ['1767323045.000000001', NOW + 1n],
    ['1767323045.5', NOW + 500_000_000n],
    ['0', 0n],
    ['10m', NOW - HOUR / 6n],
    ['1h30m', NOW - (HOUR * 3n) / 2n],
    ['1.5h', NOW - (HOUR * 3n) / 2n],
    ['1d', NOW - 24n * HOUR],
    ['1s500ms7us9ns', NOW - 1_500_007_009n],
    ['0s', NOW],
  ])('reads %s', (text, time) => {
    expect(parseLogTime(text, '--since', NOW)).toBe(time);
  });

  it.each([
    ['2026-01-02', '2026-01-02T00:00:00'],
    ['2026-07-02T10', '2026-07-02T10:00:00'],
  ])('reads %s as a local time', (text, local) => {
    expect(parseLogTime(text, '--since', NOW)).toBe(BigInt(Date.parse(local)) * 1_000_000n);
  });

  it.each([
    '',
    'yesterday',
    '10',
    '-10m',
    '10x',
    '1h 30m',
    '1e9',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-02T25:00:00Z',
    '999999d999999999d',
  ])('refuses %j or takes it for seconds', (text) => {
    if (text === '10') return expect(parseLogTime(text, '--since', NOW)).toBe(10_000_000_000n);
    expect(() => parseLogTime(text, '--since', NOW)).toThrow(
      expect.objectContaining({ code: 'SHIM_USAGE', where: '--since' }),
    );
  });
});
