import { bool, embedded, int32, repeated, string, uint32 } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';
import { stringMap } from './wire/string-map.js';
import { Mount } from './mount.js';
import { Any, Timestamp } from './well-known.js';

/** Values of {@link StateResponse}.status. */
export const STATUS = { UNKNOWN: 0, CREATED: 1, RUNNING: 2, STOPPED: 3, PAUSED: 4, PAUSING: 5 } as const;

const taskMessage: typeof message = (name, fields) => message(`containerd.task.v3.${name}`, fields);

/** Names a container's init, or an exec of it. */
const PROCESS = { id: string(1), execId: string(2) };
const STDIO = { terminal: bool(3), stdin: string(4), stdout: string(5), stderr: string(6) };

export const StateRequest = taskMessage('StateRequest', PROCESS);
export type StateRequest = MessageOf<typeof StateRequest>;
export const StateResponse = taskMessage('StateResponse', {
  id: string(1),
  bundle: string(2),
  pid: uint32(3),
  /** One of {@link STATUS}. */
  status: int32(4),
  stdin: string(5),
  stdout: string(6),
  stderr: string(7),
  terminal: bool(8),
  exitStatus: uint32(9),
  exitedAt: embedded(10, Timestamp),
  execId: string(11),
});
export type StateResponse = MessageOf<typeof StateResponse>;

export const CreateTaskRequest = taskMessage('CreateTaskRequest', {
  id: string(1),
  bundle: string(2),
  rootfs: repeated(3, Mount),
  terminal: bool(4),
  stdin: string(5),
  stdout: string(6),
  stderr: string(7),
  checkpoint: string(8),
  parentCheckpoint: string(9),
  options: embedded(10, Any),
});
export type CreateTaskRequest = MessageOf<typeof CreateTaskRequest>;
export const CreateTaskResponse = taskMessage('CreateTaskResponse', { pid: uint32(1) });
export type CreateTaskResponse = MessageOf<typeof CreateTaskResponse>;

export const StartRequest = taskMessage('StartRequest', PROCESS);
export type StartRequest = MessageOf<typeof StartRequest>;
export const StartResponse = taskMessage('StartResponse', { pid: uint32(1) });
export type StartResponse = MessageOf<typeof StartResponse>;

export const DeleteRequest = taskMessage('DeleteRequest', PROCESS);
export type DeleteRequest = MessageOf<typeof DeleteRequest>;
/** What the command `delete` prints, too. */
export const DeleteResponse = taskMessage('DeleteResponse', {
  pid: uint32(1),
  exitStatus: uint32(2),
  exitedAt: embedded(3, Timestamp),
});
export type DeleteResponse = MessageOf<typeof DeleteResponse>;

export const PidsRequest = taskMessage('PidsRequest', { id: string(1) });
export type PidsRequest = MessageOf<typeof PidsRequest>;
export const ProcessInfo = message('containerd.v1.types.ProcessInfo', { pid: uint32(1), info: embedded(2, Any) });
export type ProcessInfo = MessageOf<typeof ProcessInfo>;
export const PidsResponse = taskMessage('PidsResponse', { processes: repeated(1, ProcessInfo) });
export type PidsResponse = MessageOf<typeof PidsResponse>;

export const PauseRequest = taskMessage('PauseRequest', { id: string(1) });
export type PauseRequest = MessageOf<typeof PauseRequest>;
export const ResumeRequest = taskMessage('ResumeRequest', { id: string(1) });
export type ResumeRequest = MessageOf<typeof ResumeRequest>;

export const CheckpointTaskRequest = taskMessage('CheckpointTaskRequest', {
  id: string(1),
  path: string(2),
  options: embedded(3, Any),
});
export type CheckpointTaskRequest = MessageOf<typeof CheckpointTaskRequest>;

export const KillRequest = taskMessage('KillRequest', { ...PROCESS, signal: uint32(3), all: bool(4) });
export type KillRequest = MessageOf<typeof KillRequest>;

export const ExecProcessRequest = taskMessage('ExecProcessRequest', { ...PROCESS, ...STDIO, spec: embedded(7, Any) });
export type ExecProcessRequest = MessageOf<typeof ExecProcessRequest>;

export const ResizePtyRequest = taskMessage('ResizePtyRequest', { ...PROCESS, width: uint32(3), height: uint32(4) });
export type ResizePtyRequest = MessageOf<typeof ResizePtyRequest>;

export const CloseIORequest = taskMessage('CloseIORequest', { ...PROCESS, stdin: bool(3) });
export type CloseIORequest = MessageOf<typeof CloseIORequest>;

export const UpdateTaskRequest = taskMessage('UpdateTaskRequest', {
  id: string(1),
  resources: embedded(2, Any),
  annotations: stringMap(3),
});
export type UpdateTaskRequest = MessageOf<typeof UpdateTaskRequest>;

export const WaitRequest = taskMessage('WaitRequest', PROCESS);
export type WaitRequest = MessageOf<typeof WaitRequest>;
export const WaitResponse = taskMessage('WaitResponse', { exitStatus: uint32(1), exitedAt: embedded(2, Timestamp) });
export type WaitResponse = MessageOf<typeof WaitResponse>;

export const StatsRequest = taskMessage('StatsRequest', { id: string(1) });
export type StatsRequest = MessageOf<typeof StatsRequest>;
export const StatsResponse = taskMessage('StatsResponse', { stats: embedded(1, Any) });
export type StatsResponse = MessageOf<typeof StatsResponse>;

export const ConnectRequest = taskMessage('ConnectRequest', { id: string(1) });
export type ConnectRequest = MessageOf<typeof ConnectRequest>;
export const ConnectResponse = taskMessage('ConnectResponse', {
  shimPid: uint32(1),
  taskPid: uint32(2),
  version: string(3),
});
export type ConnectResponse = MessageOf<typeof ConnectResponse>;

export const ShutdownRequest = taskMessage('ShutdownRequest', { id: string(1), now: bool(2) });
export type ShutdownRequest = MessageOf<typeof ShutdownRequest>;
