import { join } from 'node:path';
import type { ContainerConfig, ForwardedStdio } from '@holdfast/core';
import { tellContainerd } from '../launch/bundle-log.js';
import { ADDRESS_LABEL, TTRPC_LABEL } from '../names.js';
import type { CreateTaskRequest, CreateTaskResponse } from '../messages/index.js';
import { mountRootfs } from '../rootfs/mount-rootfs.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { chooseConfig } from './choose-config.js';
import { statusOf } from './status-of.js';
import type { TaskContext } from './task-context.js';

/** `Create`: mounts the root file system and creates the container; on failure neither is left. */
export async function createTask(
  context: TaskContext,
  request: CreateTaskRequest,
  callId: string,
): Promise<CreateTaskResponse> {
  if (request.checkpoint !== '')
    throw new TtrpcError(CODE.Unimplemented, 'restoring a checkpoint is not supported by io.containerd.holdfast.v1');
  return context.creates.run(context.ref(request.id), (signal) => make(context, request, { callId, signal }));
}

/** How a create is told apart from others, and ended. */
interface Asked {
  readonly callId: string;
  readonly signal: AbortSignal;
}

async function make(context: TaskContext, request: CreateTaskRequest, asked: Asked): Promise<CreateTaskResponse> {
  const rootfs = join(request.bundle, 'rootfs');
  // One that is there has its mounts: the call was repeated, or the id is in use.
  const mounts = context.find(request.id) === undefined;
  try {
    const prepared = mounts ? prepare(request, rootfs) : Promise.resolve();
    const config = configOf(context, request);
    // What fails is told when nothing is being mounted any more.
    await Promise.allSettled([prepared, config]);
    await prepared;
    return await create(context, request, { ...asked, config: await config });
  } catch (error) {
    if (mounts && context.find(request.id) === undefined) await unmountAll(rootfs).catch(() => undefined);
    const status = statusOf(error, 'OCI runtime create failed');
    tellContainerd(request.bundle, 'error', status.message);
    throw status;
  }
}

/** What a shimd that was killed had mounted is unmounted first. */
async function prepare({ rootfs: mounts }: CreateTaskRequest, rootfs: string): Promise<void> {
  if (mounts.length === 0) return;
  await unmountAll(rootfs);
  await mountRootfs(mounts, rootfs);
}

function configOf(context: TaskContext, { id, bundle, options }: CreateTaskRequest): Promise<ContainerConfig> {
  const { environment } = context.listener;
  return chooseConfig(context.host, { ref: context.ref(id), bundle, environment, options });
}

async function create(
  context: TaskContext,
  request: CreateTaskRequest,
  { callId, signal, config }: Asked & { readonly config: ContainerConfig },
): Promise<CreateTaskResponse> {
  const { bundle, terminal } = request;
  const { address, ttrpcAddress } = context.listener;
  signal.throwIfAborted();
  const document = await context.host.service.create({
    ...context.ref(request.id),
    requestId: callId,
    bundle,
    labels: { [ADDRESS_LABEL]: address, [TTRPC_LABEL]: ttrpcAddress },
    config,
    stdin: request.stdin !== '',
    terminal,
    autoRemove: false,
    forward: forwardOf(context, request.id, request),
  });
  return { pid: document.pid };
}

/** What is empty is not attached. */
export function forwardOf(
  { listener }: TaskContext,
  id: string,
  { stdin, stdout, stderr, terminal }: Record<'stdin' | 'stdout' | 'stderr', string> & { readonly terminal: boolean },
): ForwardedStdio {
  return {
    ...(stdin !== '' && { stdin }),
    ...(stdout !== '' && { stdout }),
    ...(stderr !== '' && !terminal && { stderr }),
    loggerEnvironment: { CONTAINER_ID: id, CONTAINER_NAMESPACE: listener.namespace },
  };
}
