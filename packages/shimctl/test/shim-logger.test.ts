import { KnownSecrets } from '@holdfast/core';
import { definePlugin, ShimError } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { shimLogger } from '../src/shimd/shim-logger.js';

const SECRET = 'hunter2 "x"';

function setUp() {
  const lines: string[] = [];
  const secrets = new KnownSecrets();
  const logger = shimLogger('info', secrets, { write: (line) => void lines.push(line) });
  const optionsSchema = { type: 'object', properties: { token: { type: 'string', writeOnly: true } } } as const;
  const create = (): never => {
    throw new Error('not made');
  };
  secrets.learn(definePlugin({ kind: 'log-driver', name: 'x', apiVersion: 1, optionsSchema, create }), {
    token: SECRET,
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, Record<string, unknown>> };
}

describe('the log of shimd', () => {
  it('has an error with its code, remedy and cause', () => {
    const { logger, last } = setUp();
    const cause = Object.assign(new TypeError('deep'), { code: 'EPIPE' });
    logger.error({ err: new ShimError('SHIM_LOG_OPEN', 'no', { where: 'x', cause }), id: 'c1' }, 'it fails');
    const line = last();
    expect(line).toMatchObject({ id: 'c1', msg: 'it fails', level: 50, pid: process.pid });
    expect(line['err']).toMatchObject({
      ...{ type: 'ShimError', code: 'SHIM_LOG_OPEN', message: 'no', where: 'x' },
      stack: expect.stringContaining('shim-logger.test') as string,
      cause: { type: 'TypeError', message: 'deep', code: 'EPIPE' },
    });
  });

  it('says how much of a long text it leaves out, and its lines are bounded whatever is in them', () => {
    const { logger, lines, last } = setUp();
    logger.error({ err: new Error('m'.repeat(1e6)) }, 'x'.repeat(1e6));
    expect(last()['err']?.['message']).toMatch(/^m{8192}… 991808 bytes more$/);
    expect(last()['msg']).toMatch(/^x{8192}… 991808 bytes more$/);
    const huge = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key ${i}`, 'v'.repeat(1e4)]));
    logger.error({ huge, deep: { a: [{ huge }] }, ring: huge }, 'and more');
    for (const line of lines) expect(line.length).toBeLessThan(64 << 10);
  });

  it('has no secret that is known, wherever it stands and whatever is asked of the object', () => {
    const { logger, lines } = setUp();
    class Sly extends Error {
      asked = 0;
      override get message(): string {
        return this.asked++ > 1 ? SECRET : 'harmless';
      }
      toJSON(): string {
        return SECRET;
      }
    }
    const sly = Object.defineProperty(new Error('x'), 'code', { get: () => `no ${SECRET}`, enumerable: true });
    logger.fatal({ err: new Sly(), more: sly, [SECRET]: [SECRET, { toJSON: () => SECRET }] }, `bad ${SECRET}`);
    logger.error(new Error(SECRET));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toContain('hunter2');
  });

  it('is a line whatever is logged', () => {
    const { logger, last } = setUp();
    const refuse = (): never => {
      throw new Error('no');
    };
    const hostile = new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
    logger.error({ err: hostile, big: 5n, symbol: Symbol('s'), call: refuse, bytes: Buffer.from('abc') }, 'odd');
    expect(last()).toMatchObject({ big: '5', symbol: 'Symbol(s)', bytes: '3 bytes', msg: 'odd' });
  });
});
