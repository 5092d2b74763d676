import { describe, expect, it } from 'vitest';
import { parseSize } from '../../src/options/size.js';

describe('parseSize', () => {
  it.each([
    ['10m', 10_000_000],
    ['10M', 10_000_000],
    ['10mb', 10_000_000],
    ['512k', 512_000],
    ['1.5g', 1_500_000_000],
    ['2t', 2e12],
    ['1048576', 1_048_576],
    [4096, 4096],
    ['7b', 7],
    ['0.5k', 500],
  ])('reads %j as %d bytes', (text, bytes) => {
    expect(parseSize(text, 'maxSize')).toBe(bytes);
  });

  it.each([-1, 0, '-1', '0', '0m', '0.0001k'])('takes %j for no limit', (text) => {
    expect(parseSize(text, 'maxSize')).toBeUndefined();
  });

  it.each(['', 'm', '10x', '-2', -2, 1.5e300, '1e3', '10 m', 'ten', '999999999999999t', '10m\n'])(
    'refuses %j and names the option',
    (text) => {
      expect(() => parseSize(text, 'maxSize')).toThrow(
        expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.maxSize' }),
      );
    },
  );
});
