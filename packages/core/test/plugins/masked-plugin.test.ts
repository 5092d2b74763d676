import { describe, expect, it } from 'vitest';
import { maskOf, type Mask } from '../../src/config/mask.js';
import { HIDDEN } from '../../src/config/secrets.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { maskedInstance, maskedLogger } from '../../src/plugins/masked-plugin.js';
import { maskValue } from '../../src/plugins/mask-value.js';

const SECRET = 'hunter"2';
const mask = maskOf({ token: SECRET }, ['/token']) as Mask;

describe('maskOf', () => {
  it('hides all texts and numbers at the pointers, as they are and as JSON', () => {
    const options = { a: { b: ['first', 12345], 'x/y': SECRET }, shown: 'other' };
    const hide = maskOf(options, ['/a']) as Mask;
    expect(hide(`first 12345 ${SECRET} ${JSON.stringify({ t: SECRET })} other`)).toBe(
      `${HIDDEN} ${HIDDEN} ${HIDDEN} {"t":"${HIDDEN}"} other`,
    );
    expect((maskOf(options, ['/a/x~1y']) as Mask)(`first ${SECRET}`)).toBe(`first ${HIDDEN}`);
  });

  it('takes the longer of two secrets that begin alike first', () => {
    expect((maskOf({ t: ['abcd', 'abcdefgh'] }, ['/t']) as Mask)('abcdefgh abcd')).toBe(`${HIDDEN} ${HIDDEN}`);
  });

  it('leaves alone what is too short to be told from other words', () => {
    expect(maskOf({ t: 'abc', n: 12, no: true }, ['/t', '/n', '/no', '/none'])).toBeUndefined();
  });
});

describe('maskValue', () => {
  it('masks an error in all its parts, and keeps what it is', () => {
    const cause = new TypeError(`cause ${SECRET}`, { cause: `deep ${SECRET}` });
    const error = Object.assign(new ShimError('SHIM_LOG_WRITE', `no ${SECRET}`, { where: SECRET, cause }), {
      lost: 3,
      request: { url: [`https://${SECRET}@x`] },
    });
    const masked = maskValue(error, mask) as typeof error;
    expect(masked).toBe(error);
    expect(masked).toMatchObject({ code: 'SHIM_LOG_WRITE', message: `no ${HIDDEN}`, where: HIDDEN, lost: 3 });
    expect(masked.request.url).toEqual([`https://${HIDDEN}@x`]);
    expect(masked.cause).toBeInstanceOf(TypeError);
    expect(`${masked.stack} ${String(cause.stack)} ${String(cause.cause)}`).not.toContain(SECRET);
  });

  it('gives another error for one that is frozen, and ends with one that holds itself', () => {
    const frozen = Object.freeze(new Error(`no ${SECRET}`));
    expect(maskValue(frozen, mask)).toMatchObject({ message: `no ${HIDDEN}` });
    const ring: Record<string, unknown> = { text: SECRET };
    ring['self'] = ring;
    const copy = maskValue(ring, mask) as typeof ring;
    expect(copy['text']).toBe(HIDDEN);
    expect(copy['self']).toBe(copy);
    expect(ring['text']).toBe(SECRET);
  });
});

describe('maskedInstance', () => {
  it('masks what a method throws, rejects with or fails with while it is read, and the words about health', async () => {
    class Driver {
      #secret = SECRET;
      readonly batchRecords = 7;
      write(): void {
        throw new Error(this.#secret);
      }
      async flush(): Promise<void> {
        await Promise.reject(new Error(this.#secret));
      }
      async *read(): AsyncGenerator<string> {
        yield this.#secret;
        await Promise.reject(new Error(this.#secret));
      }
      health() {
        return { ok: false, message: `no ${this.#secret}` };
      }
    }
    const driver = maskedInstance(Object.freeze(new Driver()), mask);
    expect(driver.batchRecords).toBe(7);
    expect(() => driver.write()).toThrow(HIDDEN);
    await expect(driver.flush()).rejects.toThrow(HIDDEN);
    expect(driver.health()).toEqual({ ok: false, message: `no ${HIDDEN}` });
    const read: string[] = [];
    const reading = (async () => {
      for await (const item of driver.read()) read.push(item);
    })();
    await expect(reading).rejects.toThrow(HIDDEN);
    expect(read, 'a record is what it is').toEqual([SECRET]);
    expect('reopen' in driver).toBe(false);
  });
});

describe('maskedLogger', () => {
  it('masks fields and message', () => {
    const lines: unknown[] = [];
    const keep = (fields: object, message: string): void => void lines.push([fields, message]);
    const logger = maskedLogger({ debug: keep, info: keep, warn: keep, error: keep }, mask);
    logger.warn({ token: SECRET, err: new Error(SECRET) }, `bad ${SECRET}`);
    expect(lines).toEqual([[{ token: HIDDEN, err: new Error(HIDDEN) }, `bad ${HIDDEN}`]]);
  });
});
