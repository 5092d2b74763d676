import { describe, expect, it } from 'vitest';
import { parseSize } from '../../../src/cli/spec/parse-size.js';

describe('parseSize', () => {
  it.each([
    ['4096', 4096],
    ['64k', 64 * 1024],
    ['64M', 64 * 1024 ** 2],
    ['1GiB', 1024 ** 3],
    ['2tb', 2 * 1024 ** 4],
  ])('reads %j', (text, bytes) => {
    expect(parseSize(text, '--memory')).toBe(bytes);
  });

  it.each(['', '0', '-1', '1.5g', '64x', 'm', '99999999t'])('refuses %j', (text) => {
    expect(() => parseSize(text, '--memory')).toThrow(expect.objectContaining({ code: 'SHIM_USAGE' }) as Error);
  });
});
