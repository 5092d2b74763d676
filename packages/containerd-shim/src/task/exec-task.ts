import type { CreateExecRequest } from '@holdfast/core';
import type { Any, ExecProcessRequest, StartRequest, StartResponse } from '../messages/index.js';
import { SPEC_URL } from '../messages/index.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { forwardOf } from './create-task.js';
import { statusOf } from './status-of.js';
import type { TaskContext } from './task-context.js';

/** `Exec`: makes the session; `Start` runs it. */
export async function execTask(context: TaskContext, request: ExecProcessRequest, callId: string): Promise<void> {
  const { id, execId, terminal, stdin } = request;
  if (context.failed.find(context.execRef(id, execId)) !== undefined)
    throw new TtrpcError(CODE.AlreadyExists, `id ${execId}: already exists`);
  await createExec(context, id, {
    requestId: callId,
    execId,
    process: { ...jsonOf(request.spec, SPEC_URL.PROCESS), terminal },
    stdin: stdin !== '',
    detached: true,
    retained: true,
    forward: forwardOf(context, id, request),
  });
}

async function createExec(context: TaskContext, id: string, request: CreateExecRequest): Promise<void> {
  try {
    await context.host.service.createExec(context.ref(id), request);
  } catch (error) {
    const status = statusOf(error);
    if (status.code !== CODE.FailedPrecondition) throw status;
    const state = await stateIn(context, id);
    // Clients look for these words.
    throw new TtrpcError(status.code, `cannot exec in a ${state} state: ${status.message}`, { cause: error });
  }
}

/** As containerd's own shim has it. */
async function stateIn(context: TaskContext, id: string): Promise<string> {
  const document = await context.host.service.inspect(context.ref(id)).catch(() => undefined);
  return document?.status === 'created' || document?.status === 'paused' ? document.status : 'stopped';
}

/** `Start` of a container or of an exec. */
export async function startProcess(
  context: TaskContext,
  { id, execId }: StartRequest,
  callId: string,
): Promise<StartResponse> {
  const { service } = context.host;
  if (execId !== '') return startExec(context, { id, execId }, callId);
  try {
    const { pid } = await service.start(context.ref(id), { requestId: callId });
    return { pid: pid === 0 ? context.process({ id, execId }).pid : pid };
  } catch (error) {
    throw statusOf(error, 'OCI runtime start failed');
  }
}

async function startExec(context: TaskContext, { id, execId }: StartRequest, callId: string): Promise<StartResponse> {
  const ref = context.execRef(id, execId);
  const { terminal, forward = {}, begun, exit } = context.process({ id, execId });
  const other = context.starts.callOf(ref);
  if (begun && other !== undefined && other !== callId) {
    const state = exit === undefined ? 'running' : 'stopped';
    throw new TtrpcError(CODE.FailedPrecondition, `cannot start a ${state} process: failed precondition`);
  }
  context.starts.begin(ref, callId);
  try {
    await context.host.service.startExec(ref, { requestId: callId });
    return { pid: context.process({ id, execId }).pid };
  } catch (error) {
    // It is gone here; who waits for it hears that it will not run.
    if (!context.host.execIds(context.ref(id)).includes(execId)) context.failed.add(ref, { terminal, forward });
    throw statusOf(error, 'OCI runtime exec failed');
  }
}

/** An object of the OCI runtime specification. Throws InvalidArgument. */
export function jsonOf(any: Any | undefined, url: string): Readonly<Record<string, unknown>> {
  if (any === undefined || !any.typeUrl.endsWith(url))
    throw new TtrpcError(CODE.InvalidArgument, `expected ${url}, not ${JSON.stringify(any?.typeUrl ?? '')}`);
  try {
    return Object(JSON.parse(Buffer.from(any.value).toString('utf8'))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TtrpcError(CODE.InvalidArgument, `${url} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
