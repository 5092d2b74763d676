import { expect, test } from 'vitest';
import { StateLayout } from '../../src/state/layout.js';

const layout = new StateLayout('/run/holdfast');

test('everything has its place below the root', () => {
  const ref = { namespace: 'ns', id: 'c1', execId: 'e1' };
  expect([layout.container(ref), layout.exec(ref), layout.runtimeRoot('ns')]).toEqual([
    '/run/holdfast/ns/ns/c1',
    '/run/holdfast/ns/ns/c1/exec/e1',
    '/run/holdfast/runtime/ns',
  ]);
  expect([layout.groupLock('g'), layout.groupLog('g'), layout.groupScratch('g')]).toEqual(
    ['lock', 'shimd.log', 'scratch'].map((name) => `/run/holdfast/groups/g/${name}`),
  );
});

test('the socket path is as long for a long group as for a short one', () => {
  const [short, long] = [layout.apiSocket('g'), layout.apiSocket('g'.repeat(128))];
  expect(short).toMatch(/^\/run\/holdfast\/s\/[0-9a-f]{16}$/);
  expect([long.length, long === short]).toEqual([short.length, false]);
});

test('a root too long for a socket path is refused, counted in bytes', () => {
  const room = 107 - '/s/'.length - 16;
  expect(Buffer.byteLength(new StateLayout(`/${'x'.repeat(room - 1)}`).apiSocket('g'))).toBe(107);
  for (const root of [`/${'x'.repeat(room)}`, `/${'é'.repeat(room / 2)}`]) {
    expect(() => new StateLayout(root).apiSocket('g')).toThrow(
      expect.objectContaining({ code: 'SHIM_ROOT_TOO_LONG' }) as Error,
    );
  }
});
