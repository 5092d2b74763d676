import { describe, expect, it } from 'vitest';
import { parseAge } from '../../src/options/age.js';

describe('parseAge', () => {
  it.each([
    ['0s', 0n],
    ['5s', 5_000_000_000n],
    ['2m', 120_000_000_000n],
    ['12h', 43_200_000_000_000n],
    ['7d', 604_800_000_000_000n],
    ['1w', 604_800_000_000_000n],
    ['250ms', 250_000_000n],
  ])('reads %s as %d ns', (text, nanoseconds) => {
    expect(parseAge(text, 'maxAge')).toBe(nanoseconds);
  });

  it.each(['', '5', 'd', '1.5h', '-1d', '7 d', '1y', '7D', '1h30m', '9999999999s'])(
    'refuses %j and names the option',
    (text) => {
      expect(() => parseAge(text, 'maxAge')).toThrow(
        expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.maxAge' }),
      );
    },
  );
});
