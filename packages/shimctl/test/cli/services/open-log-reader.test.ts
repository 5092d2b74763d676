import { describe, expect, it } from 'vitest';
import { HIDDEN, type JSONSchema, type ResolvedPlugin } from '@holdfast/core/config';
import { definePlugin, type LogDriver, type LogDriverContext } from '@holdfast/core/plugin';
import type { BuiltInPlugin } from '@holdfast/core/plugins';
import { openLogReader } from '../../../src/cli/services/open-log-reader.js';
import { containerDocument } from '../support/documents.js';

const REF = { namespace: 'n', id: 'c1' };
const created: { name: string; context: LogDriverContext; options: unknown }[] = [];

function driver(name: string, reads: boolean, optionsSchema: JSONSchema = { type: 'object' }): BuiltInPlugin {
  const instance = { name, ...(reads && { read: () => undefined }) } as unknown as LogDriver;
  const definition = definePlugin({
    kind: 'log-driver',
    name,
    apiVersion: 1,
    optionsSchema,
    create: (context, options) => {
      created.push({ name, context, options });
      return instance;
    },
  });
  return { kind: 'log-driver', name, definition, version: '0.1.0' };
}

const BUILT_INS = [driver('write-only', false), driver('one', true), driver('two', true)];

function log(name: string, options: Readonly<Record<string, unknown>> = {}) {
  return { driver: name, version: '0.1.0', path: null, options };
}

/** Without secrets nobody asks for it. */
const noConfig = (): never => {
  throw new Error('the config is not needed');
};

describe('openLogReader', () => {
  it('takes the first driver that can read, with what the state says of it', async () => {
    const logs = [log('write-only'), log('two', { a: 1 }), log('one')];
    const document = containerDocument(REF, { logs, logDirectory: '/logs/n/c1' });
    expect(await openLogReader(document, BUILT_INS, noConfig)).toMatchObject({ name: 'two' });
    expect(created.at(-1)).toMatchObject({
      name: 'two',
      options: { a: 1 },
      context: { namespace: 'n', directory: '/logs/n/c1', container: { id: 'c1', bundle: '/bundles/web' } },
    });
    expect(() => created.at(-1)?.context.lane('/x')).toThrow('asked for a writer');
  });

  it('finds none among drivers that only write', async () => {
    expect(
      await openLogReader(containerDocument(REF, { logs: [log('write-only')] }), BUILT_INS, noConfig),
    ).toBeUndefined();
  });

  it('names the container when its driver is not known', async () => {
    const document = containerDocument(REF, { logs: [log('journal')] });
    await expect(openLogReader(document, BUILT_INS, noConfig)).rejects.toMatchObject({
      code: 'SHIM_LOG_DRIVER_UNKNOWN',
    });
  });
});

describe('a driver with secrets', () => {
  const schema = { type: 'object', properties: { token: { type: 'string', writeOnly: true } } };
  const plugins = [...BUILT_INS, driver('secret', true, schema), driver('mute', false, schema)];
  const options = { url: 'u', token: 'hunter2' };
  const shown = { ...options, token: HIDDEN };
  const live = (...logs: Partial<ResolvedPlugin>[]) => {
    const base = { plugin: 'secret', path: null, version: '1', options };
    return () => Promise.resolve(logs.map((each) => ({ ...base, ...each })));
  };
  const open = (liveLogs: () => Promise<readonly ResolvedPlugin[]>, ...logs: ReturnType<typeof log>[]) =>
    openLogReader(containerDocument(REF, { logs: [...logs] }), plugins, liveLogs);

  it('gets them from the config that counts now, where that says the same', async () => {
    const other = { options: { ...options, url: 'v', token: 'other' } };
    expect((await open(live(other, {}, {}), log('secret', shown)))?.read).toBeTypeOf('function');
    expect(created.at(-1)).toMatchObject({ name: 'secret', options });
  });

  it.each([
    ['has other options', live({ options: { ...options, url: 'v' } }), 'no such driver with the same options'],
    ['has a plugin of another place', live({ path: '/x.mjs' }), 'no such driver with the same options'],
    ['has two tokens', live({}, { options: { ...options, token: 'x' } }), 'several that differ in their secrets alone'],
    ["can't be used", () => Promise.reject(new Error('broken')), "can't be used: broken"],
  ])('is not made up when the config %s', async (_what, liveLogs, words) => {
    const before = created.length;
    const opening = open(liveLogs, log('secret', shown));
    await expect(opening).rejects.toMatchObject({ code: 'SHIM_LOG_READ', where: 'c1' });
    await expect(opening).rejects.toThrow(words);
    expect(created.slice(before).map((each) => each.options)).toEqual([shown]);
  });

  it('stands back for one that needs none', async () => {
    expect(await open(live(), log('secret', shown), log('one'))).toMatchObject({ name: 'one' });
  });

  it('is no hindrance where it can not read at all', async () => {
    expect(await open(live(), log('mute', shown))).toBeUndefined();
  });
});
