import { join } from 'node:path';
import type { ProcessHandle } from '@holdfast/core';
import type { DeleteRequest, DeleteResponse } from '../messages/index.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { exitStatusOf } from './exit-status.js';
import type { DeletedProcess } from './remembered-answers.js';
import { statusOf } from './status-of.js';
import type { TaskContext } from './task-context.js';

/** containerd waits so long for what is printed late; its own shim gives it as much. */
const DRAIN_MS = 10_000;

/** `Delete` of a container or of an exec: answers how it ended. */
export async function deleteProcess(
  context: TaskContext,
  request: DeleteRequest,
  callId: string,
): Promise<DeleteResponse> {
  const known = context.answers.find(callId);
  try {
    return await (request.execId === '' ? deleteTask : deleteExec)(context, request, callId);
  } catch (error) {
    const status = statusOf(error);
    // Done before a restart of shimd, which came before the answer.
    if (known !== undefined && status.code === CODE.NotFound) return known;
    throw status;
  }
}

async function deleteTask(context: TaskContext, { id }: DeleteRequest, callId: string): Promise<DeletedProcess> {
  const ref = context.ref(id);
  const process = context.process({ id, execId: '' });
  const { status, bundle } = await context.host.service.inspect(ref);
  if (status === 'running' || status === 'paused')
    throw new TtrpcError(CODE.FailedPrecondition, `task ${id} is ${status}: failed precondition`);
  await drained(process);
  const answer = { pid: process.pid, ...exitStatusOf(process.exit) };
  context.answers.remember(callId, answer);
  await context.host.service.delete(ref, { requestId: callId, force: true });
  await unmountAll(join(bundle, 'rootfs'));
  return answer;
}

async function deleteExec(
  context: TaskContext,
  { id, execId }: DeleteRequest,
  callId: string,
): Promise<DeletedProcess> {
  const ref = context.execRef(id, execId);
  if (context.failed.remove(ref)) return { pid: 0, ...exitStatusOf(undefined) };
  const process = context.process({ id, execId });
  if (process.begun && process.exit === undefined)
    throw new TtrpcError(CODE.FailedPrecondition, `exec ${execId} is running: failed precondition`);
  if (process.begun) await drained(process);
  const answer = { pid: process.pid, ...exitStatusOf(process.exit) };
  context.answers.remember(callId, answer);
  await context.host.service.deleteExec(ref);
  return answer;
}

async function drained({ exit, drained: end }: ProcessHandle): Promise<void> {
  if (exit === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DRAIN_MS).unref();
  });
  await Promise.race([end, late]).finally(() => clearTimeout(timer));
}
