import { describe, expect, it } from 'vitest';
import {
  definePlugin,
  isPlugin,
  ShimError,
  isShimError,
  errorFromDocument,
  type ErrorDocument,
} from '@holdfast/core/plugin';

describe('definePlugin', () => {
  it('marks the definition so that another copy of the module knows it', () => {
    const plugin = definePlugin({
      kind: 'log-driver',
      name: 'none',
      apiVersion: 1,
      optionsSchema: { type: 'object', additionalProperties: false },
      create: () => ({ write: () => undefined, flush: async () => undefined, close: async () => ({ lost: 0 }) }),
    });
    expect(isPlugin(plugin)).toBe(true);
    expect(isPlugin({ ...plugin })).toBe(false);
  });
});

describe('ShimError', () => {
  it('survives the way over JSON with code, place and remedy', () => {
    const error = new ShimError('SHIM_INVALID_ID', 'bad id', { where: 'id', cause: new Error('x') });
    const back = errorFromDocument(JSON.parse(JSON.stringify(error)) as ErrorDocument);
    expect(isShimError(back)).toBe(true);
    expect(back).toMatchObject({ code: 'SHIM_INVALID_ID', message: 'bad id', where: 'id', remedy: error.remedy });
  });
});
