import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateContainers, locateGroup } from '../../src/client/locate.js';
import { StateLayout } from '../../src/state/layout.js';
import { openBelow } from '../support/open-below.js';

let directory: string;
let layout: StateLayout;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  layout = new StateLayout(join(directory, 'root'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function record(namespace: string, id: string, request: unknown): string {
  const path = layout.container({ namespace, id });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'request.json'), typeof request === 'string' ? request : JSON.stringify(request));
  return join(path, 'request.json');
}

function codeOf(action: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(action())}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const c1 = { namespace: 'default', id: 'c1' };

test("a container's group is the one in its request", () => {
  record('default', 'c1', { schema: 1, group: 'pods', instance: 'i' });
  expect(locateGroup(layout, c1)).toBe('pods');
});

test('a group that a newer schema still names is found: its shimd says what it thinks of it', () => {
  record('default', 'c1', { schema: 2, group: 'pods' });
  expect(locateGroup(layout, c1)).toBe('pods');
});

test('a missing root, namespace, container or request is a container not found', () => {
  const missing = (): string => codeOf(() => locateGroup(layout, c1));
  expect(missing()).toBe('SHIM_CONTAINER_NOT_FOUND');
  for (const path of [layout.root, layout.namespaces, layout.namespace('default'), layout.container(c1)]) {
    mkdirSync(path, { mode: 0o700 });
    expect(missing()).toBe('SHIM_CONTAINER_NOT_FOUND');
  }
});

test('a request that names no group is corrupt, or of a newer version', () => {
  for (const [request, code] of [
    ['{"group":', 'SHIM_STATE_CORRUPT'],
    ['null', 'SHIM_STATE_CORRUPT'],
    [{ schema: 1, group: '../x' }, 'SHIM_STATE_CORRUPT'],
    ['', 'SHIM_STATE_CORRUPT'],
    [{ schema: 1, group: 'pods', namespace: 'default', id: 'c2' }, 'SHIM_STATE_CORRUPT'],
    [{ schema: 1, group: 'pods', namespace: 'other', id: 'c1' }, 'SHIM_STATE_CORRUPT'],
    [{ schema: 2, groups: ['a'] }, 'SHIM_STATE_NEWER'],
    ['x'.repeat((4 << 20) + 1), 'SHIM_STATE_CORRUPT'],
  ] as const) {
    record('default', 'c1', request);
    expect(codeOf(() => locateGroup(layout, c1))).toBe(code);
  }
});

test('a directory that holds something else is no container, and the remedy names it', () => {
  const path = layout.container({ namespace: 'n1', id: 'c1' });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'notes'), '');
  expect(() => locateGroup(layout, { namespace: 'n1', id: 'c1' })).toThrow(
    expect.objectContaining({
      code: 'SHIM_STATE_CORRUPT',
      message: 'what is there is no container: it has no request.json',
      remedy: 'Remove what is left with `shimctl --namespace n1 delete --force c1`.',
    }) as Error,
  );
});

test('ids and namespaces that are no identifiers never become a path', () => {
  expect(codeOf(() => locateGroup(layout, { namespace: 'default', id: '../c1' }))).toBe('SHIM_INVALID_ID');
  expect(codeOf(() => locateGroup(layout, { namespace: '..', id: 'c1' }))).toBe('SHIM_INVALID_ID');
  expect(codeOf(() => locateContainers(layout, '..'))).toBe('SHIM_INVALID_ID');
});

test('links and FIFOs in the state are refused, not followed or waited for', () => {
  const file = record('default', 'c1', { schema: 1, group: 'pods' });
  const container = layout.container(c1);
  symlinkSync(container, layout.container({ namespace: 'default', id: 'linked' }));
  expect(codeOf(() => locateGroup(layout, { namespace: 'default', id: 'linked' }))).toBe('SHIM_STATE_INSECURE');
  rmSync(file);
  writeFileSync(join(directory, 'elsewhere'), '{"group":"pods"}');
  symlinkSync(join(directory, 'elsewhere'), file);
  expect(codeOf(() => locateGroup(layout, c1))).toBe('SHIM_STATE_INSECURE');
  rmSync(file);
  execFileSync('mkfifo', [file]);
  expect(codeOf(() => locateGroup(layout, c1))).toBe('SHIM_STATE_INSECURE');
});

test('a directory on the way that others can enter is refused', () => {
  record('default', 'c1', { schema: 1, group: 'pods' });
  chmodSync(layout.namespace('default'), 0o711);
  expect(codeOf(() => locateGroup(layout, c1))).toBe('SHIM_STATE_INSECURE');
  chmodSync(layout.namespace('default'), 0o700);
  chmodSync(layout.root, 0o750);
  expect(codeOf(() => locateGroup(layout, c1))).toBe('SHIM_STATE_INSECURE');
  expect(codeOf(() => locateContainers(layout))).toBe('SHIM_STATE_INSECURE');
});

test('the list has every container of a namespace or of all, and tells which state is broken', () => {
  expect(locateContainers(layout)).toEqual([]);
  record('a', 'c2', {
    schema: 1,
    group: 'g1',
    instance: 'i2',
    createdAt: 't',
    bundle: '/b',
    config: { runtime: { name: 'runc' } },
  });
  record('a', 'c1', { schema: 1, group: 'g2', instance: 'i1' });
  record('b', 'c1', 'rubbish');
  mkdirSync(layout.container({ namespace: 'b', id: 'being-made' }), { mode: 0o700 });
  mkdirSync(join(layout.namespace('b'), '.tmp-1'));
  writeFileSync(join(layout.namespace('a'), 'notes'), 'no container');
  writeFileSync(join(layout.namespaces, 'README'), 'no namespace');
  expect(locateContainers(layout, 'a')).toEqual([
    { namespace: 'a', id: 'c1', group: 'g2', instance: 'i1', createdAt: '', bundle: '', runtime: '', error: undefined },
    {
      namespace: 'a',
      id: 'c2',
      group: 'g1',
      instance: 'i2',
      createdAt: 't',
      bundle: '/b',
      runtime: 'runc',
      error: undefined,
    },
  ]);
  expect(locateContainers(layout)).toHaveLength(3);
  expect(locateContainers(layout, 'b')).toMatchObject([
    { id: 'c1', group: undefined, error: { code: 'SHIM_STATE_CORRUPT' } },
  ]);
});

test('no descriptor stays open, whatever happens', () => {
  record('a', 'c1', { schema: 1, group: 'g1' });
  record('a', 'c2', 'rubbish');
  const held = openSync(layout.root, 'r');
  expect(openBelow(directory)).toEqual([layout.root]);
  closeSync(held);
  locateContainers(layout);
  codeOf(() => locateGroup(layout, { namespace: 'a', id: 'none' }));
  codeOf(() => locateGroup(layout, { namespace: 'a', id: 'c2' }));
  expect(openBelow(directory)).toEqual([]);
});
