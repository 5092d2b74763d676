import type { ContainerStatus, ForwardedStdio } from '@holdfast/core';
import { STATUS, type StateRequest, type StateResponse } from '../messages/index.js';
import { exitStatusOf } from './exit-status.js';
import type { TaskContext } from './task-context.js';

const STATUS_OF: Readonly<Record<ContainerStatus, number>> = {
  creating: STATUS.CREATED,
  created: STATUS.CREATED,
  running: STATUS.RUNNING,
  paused: STATUS.PAUSED,
  stopped: STATUS.STOPPED,
  unknown: STATUS.UNKNOWN,
};

/** `State` of a container or of an exec, whose id stands in the place of the container's. */
export async function stateOf(context: TaskContext, { id, execId }: StateRequest): Promise<StateResponse> {
  const { bundle, status } = await context.host.service.inspect(context.ref(id));
  if (execId === '') {
    const process = context.process({ id, execId });
    const { pid, terminal } = process;
    return {
      ...shared(id, bundle, process.forward),
      pid,
      terminal,
      status: STATUS_OF[status],
      ...exitStatusOf(process.exit),
    };
  }
  const failed = context.failed.find(context.execRef(id, execId));
  if (failed !== undefined) {
    const { terminal, forward } = failed;
    return { ...shared(execId, bundle, forward), pid: 0, terminal, status: STATUS.CREATED, ...exitStatusOf(undefined) };
  }
  const process = context.process({ id, execId });
  const { pid, terminal, exit, begun } = process;
  const now = exit !== undefined ? STATUS.STOPPED : begun && pid !== 0 ? STATUS.RUNNING : STATUS.CREATED;
  return { ...shared(execId, bundle, process.forward), pid, terminal, status: now, ...exitStatusOf(exit) };
}

function shared(id: string, bundle: string, { stdin = '', stdout = '', stderr = '' }: ForwardedStdio = {}) {
  return { id, bundle, stdin, stdout, stderr, execId: '' };
}
