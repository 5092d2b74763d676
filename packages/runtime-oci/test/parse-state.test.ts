import { describe, expect, it } from 'vitest';
import { parsePids, parseState } from '../src/parse-state.js';

const STATE = { ociVersion: '1.0.2', id: 'web', status: 'running', pid: 42, bundle: '/bundle' };
const state = (document: unknown): unknown =>
  parseState(Buffer.from(JSON.stringify(document)), 'web', 'runc state web');
const BAD = expect.objectContaining({ code: 'SHIM_RUNTIME_BAD_OUTPUT', where: 'runc state web' }) as Error;

describe('parseState', () => {
  it('reads the fields of the specification and drops others', () => {
    expect(state({ ...STATE, rootfs: '/x', owner: '' })).toEqual(STATE);
  });

  it('keeps annotations that are texts', () => {
    expect(state({ ...STATE, annotations: { a: 'b', c: 5 } })).toEqual({ ...STATE, annotations: { a: 'b' } });
  });

  it('gives a stopped container pid 0, whatever the runtime says', () => {
    expect(state({ ...STATE, status: 'stopped' })).toMatchObject({ pid: 0 });
  });

  it.each([
    ['null', null],
    ['a list', [STATE]],
    ['another id', { ...STATE, id: 'other' }],
    ['an unknown status', { ...STATE, status: 'dancing' }],
    ['a negative pid', { ...STATE, pid: -1 }],
    ['a pid in a text', { ...STATE, pid: '42' }],
    ['no ociVersion', { ...STATE, ociVersion: undefined }],
    ['no bundle', { ...STATE, bundle: undefined }],
  ])('refuses %s', (_title, document) => {
    expect(() => state(document)).toThrow(BAD);
  });

  it('shows a bounded, harmless part of what is no JSON', () => {
    const output = Buffer.from(`\u001b[2Jhello ${'x'.repeat(5000)}`);
    expect(() => parseState(output, 'web', 'runc state web')).toThrow(/got "\[2Jhello x{1,200}"$/);
  });
});

describe('parsePids', () => {
  const pids = (output: string): number[] => parsePids(Buffer.from(output), 'runc state web');

  it('reads a list, and null as an empty one', () => {
    expect(pids('[\n  5365,\n  5401\n]\n')).toEqual([5365, 5401]);
    expect(pids('null\n')).toEqual([]);
  });

  it.each(['', 'garbage', '{}', '[0]', '[-4]', '["5"]', '[1.5]'])('refuses %j', (output) => {
    expect(() => pids(output)).toThrow(BAD);
  });
});
