import { bool, embedded, repeated, string, uint32 } from './wire/field.js';
import { message, type Message, type MessageOf } from './wire/message.js';
import { Mount } from './mount.js';
import { Any, Timestamp } from './well-known.js';

export const EVENTS_SERVICE = 'containerd.services.events.ttrpc.v1.Events';

export const Envelope = message('containerd.types.Envelope', {
  timestamp: embedded(1, Timestamp),
  namespace: string(2),
  topic: string(3),
  event: embedded(4, Any),
});
export type Envelope = MessageOf<typeof Envelope>;

export const ForwardRequest = message('containerd.services.events.ttrpc.v1.ForwardRequest', {
  envelope: embedded(1, Envelope),
});
export type ForwardRequest = MessageOf<typeof ForwardRequest>;

export const TaskIO = message('containerd.events.TaskIO', {
  stdin: string(1),
  stdout: string(2),
  stderr: string(3),
  terminal: bool(4),
});
export type TaskIO = MessageOf<typeof TaskIO>;

export const TaskCreate = message('containerd.events.TaskCreate', {
  containerId: string(1),
  bundle: string(2),
  rootfs: repeated(3, Mount),
  io: embedded(4, TaskIO),
  checkpoint: string(5),
  pid: uint32(6),
});
export type TaskCreate = MessageOf<typeof TaskCreate>;

export const TaskStart = message('containerd.events.TaskStart', { containerId: string(1), pid: uint32(2) });
export type TaskStart = MessageOf<typeof TaskStart>;

export const TaskExit = message('containerd.events.TaskExit', {
  containerId: string(1),
  /** Exec id, or the container's. */
  id: string(2),
  pid: uint32(3),
  exitStatus: uint32(4),
  exitedAt: embedded(5, Timestamp),
});
export type TaskExit = MessageOf<typeof TaskExit>;

export const TaskDelete = message('containerd.events.TaskDelete', {
  containerId: string(1),
  pid: uint32(2),
  exitStatus: uint32(3),
  exitedAt: embedded(4, Timestamp),
  /** Exec id, or empty. */
  id: string(5),
});
export type TaskDelete = MessageOf<typeof TaskDelete>;

export const TaskExecAdded = message('containerd.events.TaskExecAdded', { containerId: string(1), execId: string(2) });
export type TaskExecAdded = MessageOf<typeof TaskExecAdded>;

export const TaskExecStarted = message('containerd.events.TaskExecStarted', {
  containerId: string(1),
  execId: string(2),
  pid: uint32(3),
});
export type TaskExecStarted = MessageOf<typeof TaskExecStarted>;

export const TaskOOM = message('containerd.events.TaskOOM', { containerId: string(1) });
export type TaskOOM = MessageOf<typeof TaskOOM>;

export const TaskPaused = message('containerd.events.TaskPaused', { containerId: string(1) });
export type TaskPaused = MessageOf<typeof TaskPaused>;

export const TaskResumed = message('containerd.events.TaskResumed', { containerId: string(1) });
export type TaskResumed = MessageOf<typeof TaskResumed>;

export const TaskCheckpointed = message('containerd.events.TaskCheckpointed', {
  containerId: string(1),
  checkpoint: string(2),
});
export type TaskCheckpointed = MessageOf<typeof TaskCheckpointed>;

/** Which event is published under which topic. */
export const TASK_EVENTS = {
  '/tasks/create': TaskCreate,
  '/tasks/start': TaskStart,
  '/tasks/exit': TaskExit,
  '/tasks/delete': TaskDelete,
  '/tasks/exec-added': TaskExecAdded,
  '/tasks/exec-started': TaskExecStarted,
  '/tasks/oom': TaskOOM,
  '/tasks/paused': TaskPaused,
  '/tasks/resumed': TaskResumed,
  '/tasks/checkpointed': TaskCheckpointed,
} as const satisfies Record<string, Message<unknown, never>>;
export type TaskTopic = keyof typeof TASK_EVENTS;
