import { expect, it } from 'vitest';
import { GoneTasks } from '../../src/task/gone-tasks.js';

const ref = (id: string) => ({ namespace: 'ns', id });

it('are those that were deleted, until there is one with the id again', () => {
  const gone = new GoneTasks();
  gone.see({ type: 'create', ...ref('a') });
  expect(gone.has(ref('a'))).toBe(false);
  gone.see({ type: 'delete', ...ref('a') });
  expect(gone.has(ref('a'))).toBe(true);
  expect(gone.has({ namespace: 'other', id: 'a' })).toBe(false);
  gone.see({ type: 'create', ...ref('a') });
  expect(gone.has(ref('a'))).toBe(false);
});

it('are the last thousand', () => {
  const gone = new GoneTasks();
  for (let index = 0; index <= 1000; index += 1) gone.see({ type: 'delete', ...ref(`c${index}`) });
  expect([gone.has(ref('c0')), gone.has(ref('c1')), gone.has(ref('c1000'))]).toEqual([false, true, true]);
});
