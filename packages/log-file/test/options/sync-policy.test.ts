import { describe, expect, it } from 'vitest';
import { syncOf } from '../../src/options/sync-policy.js';

describe('syncOf', () => {
  it.each([
    ['never', 'never'],
    ['rotate', 'rotate'],
    ['always', 'always'],
    ['5s', 5000],
    ['250ms', 250],
    ['1h', 3_600_000],
  ])('reads %s as %j', (text, policy) => {
    expect(syncOf(text)).toBe(policy);
  });

  it.each(['0s', '25d', '999999999h', 'often', ''])('refuses %j', (text) => {
    expect(() => syncOf(text)).toThrow(expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.sync' }));
  });
});
