import type { ExitDocument, ProcessHandle } from '@holdfast/core';
import { afterEach, expect, it, vi } from 'vitest';
import { deleteProcess } from '../../src/task/delete-process.js';
import type { TaskContext } from '../../src/task/task-context.js';

afterEach(() => vi.useRealTimers());

const EXIT: ExitDocument = { exitCode: 3, signal: null, exitedAt: '2026-01-02T03:04:05.000Z' };
const EXEC = { id: 'c1', execId: 'e1' };

/** One exec that has ended with 3. */
function contextOf(drained: Promise<ExitDocument>): { context: TaskContext; removed: string[] } {
  const removed: string[] = [];
  const process = { pid: 7, begun: true, exit: EXIT, exited: Promise.resolve(EXIT), drained } as ProcessHandle;
  const context = {
    answers: { find: () => undefined, remember: () => undefined },
    failed: { remove: () => false },
    execRef: (id: string, execId: string) => ({ namespace: 'n', id, execId }),
    process: () => process,
    host: { service: { deleteExec: async ({ execId }: { execId: string }) => void removed.push(execId) } },
  };
  return { context: context as unknown as TaskContext, removed };
}

it('an exec whose output has ended is gone at once, and no timer is left for it', async () => {
  vi.useFakeTimers();
  const { context, removed } = contextOf(Promise.resolve(EXIT));
  expect(await deleteProcess(context, EXEC, 'k/1/1')).toMatchObject({ pid: 7, exitStatus: 3 });
  expect(removed).toEqual(['e1']);
  expect(vi.getTimerCount()).toBe(0);
});

it('one whose output does not end is gone after 10 s', async () => {
  vi.useFakeTimers();
  const { context, removed } = contextOf(new Promise(() => undefined));
  const answer = deleteProcess(context, EXEC, 'k/1/1');
  await vi.advanceTimersByTimeAsync(9_999);
  expect(removed).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toMatchObject({ exitStatus: 3 });
  expect(removed).toEqual(['e1']);
});
