import { describe, expect, it } from 'vitest';
import { atLeast, formatBytes } from '../../../src/cli/doctor/words.js';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * 2 ** 20, '200 MiB'],
    [3 * 2 ** 60, '3072 PiB'],
  ])('shows %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('atLeast', () => {
  it.each([
    ['6.18.44-fc', 6, 15, true],
    ['6.9', 6, 15, false],
    ['10.0', 6, 15, true],
    ['20.20.2', 20, 0, true],
    ['nonsense', 1, 0, false],
  ])('compares %s with %d.%d', (release, major, minor, expected) => {
    expect(atLeast(release, major, minor)).toBe(expected);
  });
});
