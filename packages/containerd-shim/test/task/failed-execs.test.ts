import { expect, it, vi } from 'vitest';
import { FailedExecs } from '../../src/task/failed-execs.js';

const REF = { namespace: 'n', id: 'c', execId: 'e' };
const FAILED = { terminal: false, forward: {} };

it('tells those who wait, once, and no others', () => {
  const execs = new FailedExecs();
  const [one, other, gone] = [vi.fn(), vi.fn(), vi.fn()];
  execs.onFailure(REF, one);
  execs.onFailure(REF, gone)();
  execs.onFailure({ ...REF, execId: 'f' }, other);
  execs.add(REF, FAILED);
  execs.add(REF, FAILED);
  expect([one.mock.calls.length, other.mock.calls.length, gone.mock.calls.length]).toEqual([1, 0, 0]);
});

it('is there until it is deleted', () => {
  const execs = new FailedExecs();
  execs.add(REF, FAILED);
  expect(execs.find(REF)).toBe(FAILED);
  expect(execs.find({ ...REF, namespace: 'other' })).toBeUndefined();
  expect([execs.remove(REF), execs.remove(REF)]).toEqual([true, false]);
});

it('keeps a thousand', () => {
  const execs = new FailedExecs();
  for (let i = 0; i < 1_100; i += 1) execs.add({ ...REF, execId: String(i) }, FAILED);
  expect(execs.find({ ...REF, execId: '99' })).toBeUndefined();
  expect(execs.find({ ...REF, execId: '100' })).toBe(FAILED);
});
