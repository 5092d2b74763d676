import { describe, expect, it } from 'vitest';
import { attrsOf } from '../../src/write/json-attrs.js';

const labels = { 'app.name': 'web', version: '1', 'app.tier': '<a&b>\t\u2028"', é: 'ü', empty: '' };

describe('attrs', () => {
  it('are the labels that were named, in the order of their bytes', () => {
    const names = ['version', 'é', 'app.name', 'missing', 'empty'];
    expect(attrsOf(labels, { names, pattern: undefined })).toBe('{"app.name":"web","empty":"","version":"1","é":"ü"}');
  });

  it('are those that a pattern is found in, escaped as Go does', () => {
    expect(attrsOf(labels, { names: [], pattern: /^app\./u })).toBe(
      '{"app.name":"web","app.tier":"\\u003ca\\u0026b\\u003e\\t\\u2028\\""}',
    );
  });

  it('are left out if there are none', () => {
    expect(attrsOf(labels, { names: ['no'], pattern: /^no/u })).toBeUndefined();
    expect(attrsOf({}, { names: [], pattern: /./u })).toBeUndefined();
  });
});
