import * as messages from '../messages/task.js';
import type { InitOf, Message, MessageOf } from '../messages/wire/message.js';
import { NAMESPACE_KEY } from '../ttrpc/metadata.js';
import type { Call, Method } from '../ttrpc/method.js';
import type { TtrpcServer } from '../ttrpc/server.js';

const NO_BYTES = new Uint8Array(0);

/** The versions differ in nothing but the name. */
export const TASK_SERVICES = ['containerd.task.v2.Task', 'containerd.task.v3.Task'] as const;

/** What is called how, and with what; those without a response answer nothing. All are unary. */
export const TASK_METHODS = {
  state: { name: 'State', request: messages.StateRequest, response: messages.StateResponse },
  create: { name: 'Create', request: messages.CreateTaskRequest, response: messages.CreateTaskResponse },
  start: { name: 'Start', request: messages.StartRequest, response: messages.StartResponse },
  delete: { name: 'Delete', request: messages.DeleteRequest, response: messages.DeleteResponse },
  pids: { name: 'Pids', request: messages.PidsRequest, response: messages.PidsResponse },
  pause: { name: 'Pause', request: messages.PauseRequest },
  resume: { name: 'Resume', request: messages.ResumeRequest },
  checkpoint: { name: 'Checkpoint', request: messages.CheckpointTaskRequest },
  kill: { name: 'Kill', request: messages.KillRequest },
  exec: { name: 'Exec', request: messages.ExecProcessRequest },
  resizePty: { name: 'ResizePty', request: messages.ResizePtyRequest },
  closeIO: { name: 'CloseIO', request: messages.CloseIORequest },
  update: { name: 'Update', request: messages.UpdateTaskRequest },
  wait: { name: 'Wait', request: messages.WaitRequest, response: messages.WaitResponse },
  stats: { name: 'Stats', request: messages.StatsRequest, response: messages.StatsResponse },
  connect: { name: 'Connect', request: messages.ConnectRequest, response: messages.ConnectResponse },
  shutdown: { name: 'Shutdown', request: messages.ShutdownRequest },
} as const;

type Methods = typeof TASK_METHODS;
type Answer<M> = M extends { readonly response: infer R } ? InitOf<R> : void;

/** Who calls. */
export interface TaskContext {
  /** Undefined: neither the call nor its connection says it. */
  readonly namespace: string | undefined;
  /** CONNECTION/STREAM: the same when the call is sent again to the next shimd. */
  readonly callId: string;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** containerd's task API. What a method throws is told as a status, a TtrpcError as it is. */
export type TaskService = {
  readonly [K in keyof Methods]: (
    request: MessageOf<Methods[K]['request']>,
    context: TaskContext,
  ) => Promise<Answer<Methods[K]>>;
};

/** Has `server` serve `service` under the names of both versions. */
export function registerTask(server: TtrpcServer, service: TaskService): void {
  const methods = new Map(
    (Object.keys(TASK_METHODS) as (keyof Methods)[]).map((key) => [TASK_METHODS[key].name, unary(service, key)]),
  );
  for (const name of TASK_SERVICES) server.register(name, methods);
}

function unary(service: TaskService, key: keyof Methods): Method {
  // TypeScript does not see that request, method and response of one key belong together.
  const types: { request: Message<unknown, never>; response?: Message<unknown, never> } = TASK_METHODS[key];
  const handle = service[key] as (this: TaskService, request: unknown, context: TaskContext) => Promise<unknown>;
  return {
    kind: 'unary',
    handle: async (payload, call) => {
      const answer = await handle.call(service, types.request.decode(payload), contextOf(call));
      return types.response === undefined ? NO_BYTES : types.response.encode(answer as never);
    },
  };
}

function contextOf(call: Call): TaskContext {
  return {
    namespace: call.metadata.get(NAMESPACE_KEY)?.[0],
    callId: `${call.connection}/${call.stream}`,
    get signal() {
      return call.signal;
    },
  };
}
