import { packAny, ProcessDetails, type PidsRequest, type PidsResponse } from '../messages/index.js';
import type { TaskContext } from './task-context.js';

/** `Pids`: all processes of a container, those that an exec began with its id. */
export async function pidsOf(context: TaskContext, { id }: PidsRequest): Promise<PidsResponse> {
  const ref = context.ref(id);
  const processes = await context.host.service.processes(ref);
  const execs = context.host.execIds(ref).map((execId) => [context.process({ id, execId }).pid, execId] as const);
  const execOf = new Map(execs);
  return {
    processes: processes.map(({ pid }) => {
      const execId = execOf.get(pid);
      return { pid, info: execId === undefined ? undefined : packAny(ProcessDetails, { execId }) };
    }),
  };
}
