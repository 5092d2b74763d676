import { describe, expect, it } from 'vitest';
import { LazyValidators } from '@holdfast/core';
import { optionsSchema } from '../../src/options/schema.js';
import { settingsOf } from '../../src/options/settings.js';

const DEFAULTS = { tag: '{{.ID}}', priorityPrefix: false };

describe('settings', () => {
  it('take labels as a list or as one string', () => {
    for (const labels of [['a', 'b.c'], 'a, b.c,']) {
      expect(settingsOf({ ...DEFAULTS, labels }).labels).toEqual({ names: ['a', 'b.c'], pattern: undefined });
    }
    expect(settingsOf({ ...DEFAULTS, labelsRegex: '^x' }).labels.pattern).toEqual(/^x/u);
  });

  it('refuse a pattern that is none', () => {
    expect(() => settingsOf({ ...DEFAULTS, labelsRegex: '(' })).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.labelsRegex' }),
    );
  });
});

describe('the schema', () => {
  it('fills in defaults', async () => {
    const options = {};
    expect((await new LazyValidators().validator(optionsSchema))(options)).toBe(true);
    expect(options).toEqual(DEFAULTS);
  });

  it.each([
    { namespace: '../x' },
    { namespace: '.' },
    { namespace: 'a/b' },
    { namespace: '' },
    { tag: '' },
    { priorityPrefix: 1 },
    { labels: [''] },
    { more: true },
  ])('refuses %j', async (options) => {
    expect((await new LazyValidators().validator(optionsSchema))(options)).toBe(false);
  });
});
