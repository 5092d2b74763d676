import type { KillRequest } from '../messages/index.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { finished, statusOf } from './status-of.js';
import type { TaskContext } from './task-context.js';

const LAST_SIGNAL = 64;

/** `Kill`: what has ended is "not found", which is what clients expect. */
export async function killProcess(context: TaskContext, request: KillRequest, callId: string): Promise<void> {
  const { id, execId, signal, all } = request;
  if (signal < 1 || signal > LAST_SIGNAL)
    throw new TtrpcError(CODE.InvalidArgument, `signal ${signal} is none: invalid argument`);
  const process = context.process({ id, execId });
  if (process.exit !== undefined) throw finished();
  try {
    if (execId === '') await context.host.service.kill(context.ref(id), { requestId: callId, signal, all });
    else await killExec(context, request, callId);
  } catch (error) {
    // It has ended meanwhile.
    if (context.process({ id, execId }).exit !== undefined) throw finished();
    throw statusOf(error);
  }
}

async function killExec(context: TaskContext, { id, execId, signal }: KillRequest, callId: string): Promise<void> {
  if (!context.process({ id, execId }).begun)
    throw new TtrpcError(CODE.FailedPrecondition, `process ${execId} not started: failed precondition`);
  await context.host.service.killExec(context.execRef(id, execId), { requestId: callId, signal });
}
