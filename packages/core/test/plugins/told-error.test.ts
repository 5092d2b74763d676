import { describe, expect, it } from 'vitest';
import { maskOf, type Mask } from '../../src/config/mask.js';
import { HIDDEN } from '../../src/config/secrets.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { boundedText } from '../../src/plugins/bounded-text.js';
import { maskedInstance } from '../../src/plugins/masked-plugin.js';
import { toldError } from '../../src/plugins/told-error.js';

const SECRET = 'hunter2hunter2';
const mask = maskOf({ token: SECRET }, ['/token']) as Mask;

describe('boundedText', () => {
  it('says how much it leaves out, and cuts no character', () => {
    expect(boundedText('short')).toBe('short');
    expect(boundedText('ab'.repeat(5_000))).toBe(`${'ab'.repeat(4096)}… 1808 bytes more`);
    expect(boundedText('€'.repeat(10), 10)).toBe('€€€… 21 bytes more');
  });
});

describe('toldError', () => {
  it('keeps what it is in words, facts and causes', () => {
    const cause = Object.assign(new TypeError('deep'), { code: 'EPIPE' });
    const error = Object.assign(new ShimError('SHIM_LOG_WRITE', 'no', { where: 'x', remedy: 'y', cause }), { lost: 2 });
    const told = toldError(error);
    expect(told).not.toBe(error);
    expect(told).toBeInstanceOf(ShimError);
    expect(told).toMatchObject({ code: 'SHIM_LOG_WRITE', message: 'no', where: 'x', remedy: 'y', lost: 2 });
    expect(told.cause).toMatchObject({ name: 'TypeError', message: 'deep', code: 'EPIPE' });
    expect(told.stack).toBe(error.stack);
  });

  it('has no secret, whatever the getters of the error say later', () => {
    let asked = 0;
    const error = new Error('x');
    for (const name of ['message', 'code', 'path'])
      Object.defineProperty(error, name, { get: () => (asked++ > 3 ? SECRET : 'harmless'), enumerable: true });
    Object.defineProperty(error, 'cause', { get: () => new Error(SECRET) });
    const told = toldError(error, mask);
    const words = [told.message, told.stack, JSON.stringify(told), String(told.cause)].join(' ');
    expect(words).not.toContain(SECRET);
    expect(String(told.cause)).toContain(HIDDEN);
  });

  it.each([undefined, null, 5, 'text', Symbol('s'), Object.create(null), () => undefined])(
    'is an error for %p',
    (thrown) => {
      expect(toldError(thrown)).toBeInstanceOf(Error);
      expect(typeof toldError(thrown).message).toBe('string');
    },
  );

  it('is of bounded size', () => {
    const told = toldError(Object.assign(new Error('m'.repeat(1e6)), { code: 'c'.repeat(1e6), big: 'b'.repeat(1e6) }));
    expect(JSON.stringify([told.message, told.stack, told]).length).toBeLessThan(30_000);
  });
});

describe('maskedInstance', () => {
  it('masks what something with a then alone rejects with', async () => {
    const refusing = { then: (_done: unknown, refuse: (why: unknown) => void) => refuse(new Error(`no ${SECRET}`)) };
    const driver = maskedInstance({ write: () => refusing }, mask);
    await expect(driver.write()).rejects.toThrow(`no ${HIDDEN}`);
  });
});
