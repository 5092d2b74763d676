import { describe, expect, it } from 'vitest';
import { definePlugin, type LogDriver, type LogDriverContext } from '@holdfast/core/plugin';
import type { BuiltInPlugin } from '@holdfast/core/plugins';
import { openLogReader } from '../../../src/cli/services/open-log-reader.js';
import { containerDocument } from '../support/documents.js';

const REF = { namespace: 'n', id: 'c1' };
const created: { name: string; context: LogDriverContext; options: unknown }[] = [];

function driver(name: string, reads: boolean): BuiltInPlugin {
  const instance = { name, ...(reads && { read: () => undefined }) } as unknown as LogDriver;
  const definition = definePlugin({
    kind: 'log-driver',
    name,
    apiVersion: 1,
    optionsSchema: { type: 'object' },
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

describe('openLogReader', () => {
  it('takes the first driver that can read, with what the state says of it', async () => {
    const logs = [log('write-only'), log('two', { a: 1 }), log('one')];
    const document = containerDocument(REF, { logs, logDirectory: '/logs/n/c1' });
    expect(await openLogReader(document, BUILT_INS)).toMatchObject({ name: 'two' });
    expect(created.at(-1)).toMatchObject({
      name: 'two',
      options: { a: 1 },
      context: { namespace: 'n', directory: '/logs/n/c1', container: { id: 'c1', bundle: '/bundles/web' } },
    });
    expect(() => created.at(-1)?.context.lane('/x')).toThrow('asked for a writer');
  });

  it('finds none among drivers that only write', async () => {
    expect(await openLogReader(containerDocument(REF, { logs: [log('write-only')] }), BUILT_INS)).toBeUndefined();
  });

  it('names the container when its driver is not known', async () => {
    const document = containerDocument(REF, { logs: [log('journal')] });
    await expect(openLogReader(document, BUILT_INS)).rejects.toMatchObject({ code: 'SHIM_LOG_DRIVER_UNKNOWN' });
  });
});
