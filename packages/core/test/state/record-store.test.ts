import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STATE_SCHEMA } from '../../src/state/container-record.js';
import { RecordStore } from '../../src/state/record-store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

interface Example {
  readonly schema: number;
  readonly a: number;
}

function storeWith(text: string): RecordStore {
  const store = new RecordStore(temporaryDirectory());
  writeFileSync(store.path('r.json'), text);
  return store;
}

test.each([
  ['truncated', '{"schema":1,"a"', 'SHIM_STATE_CORRUPT'],
  ['no object', '[]', 'SHIM_STATE_CORRUPT'],
  ['null', 'null', 'SHIM_STATE_CORRUPT'],
  ['without schema', '{"a":1}', 'SHIM_STATE_CORRUPT'],
  ['without a field', '{"schema":1}', 'SHIM_STATE_CORRUPT'],
  ['of a newer version', `{"schema":${STATE_SCHEMA + 1},"a":1}`, 'SHIM_STATE_NEWER'],
])('a record that is %s is refused and left as it is', async (_what, text, code) => {
  const store = storeWith(text);
  await expect(store.read<Example>('r.json', ['a'])).rejects.toMatchObject({ code, where: store.path('r.json') });
  expect(readFileSync(store.path('r.json'), 'utf8')).toBe(text);
});

test('fields that this version does not know are no mistake', async () => {
  expect(await storeWith('{"schema":1,"a":1,"later":2}').read<Example>('r.json', ['a'])).toMatchObject({ a: 1 });
});

test('of many writes at once the last one stands', async () => {
  const store = new RecordStore(temporaryDirectory());
  const writes = Array.from({ length: 30 }, (_, a) => store.write('r.json', { schema: 1, a } as Example));
  await Promise.all(writes);
  expect(await store.read<Example>('r.json', ['a'])).toEqual({ schema: 1, a: 29 });
});

test('a write that fails is told and does not keep the next from being done', async () => {
  const store = new RecordStore(temporaryDirectory());
  const failed = store.write(join('missing', 'r.json'), { schema: 1 });
  const next = store.write('r.json', { schema: 1 });
  await expect(failed).rejects.toThrow(/ENOENT/);
  await expect(next).resolves.toBeUndefined();
});

test('a retired store writes no more, since the path may be another container by then', async () => {
  const store = new RecordStore(temporaryDirectory());
  const begun = store.write('r.json', { schema: 1, a: 1 } as Example);
  await begun;
  await store.retire();
  await store.write('r.json', { schema: 1, a: 2 } as Example);
  expect(await store.read<Example>('r.json', ['a'])).toMatchObject({ a: 1 });
});
