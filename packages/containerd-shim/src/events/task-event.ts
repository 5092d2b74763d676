import type { EventDocument } from '@holdfast/core';
import { exitStatusOf, timeOf } from '../task/exit-status.js';
import {
  packAny,
  TASK_EVENTS,
  type Any,
  type InitOf,
  type TaskCreate,
  type TaskTopic,
  type Timestamp,
} from '../messages/index.js';

/** An event as containerd gets it. */
export interface TaskEvent {
  readonly topic: TaskTopic;
  readonly timestamp: Timestamp;
  readonly event: Any;
}

/** What `create` tells beside the pid; empty of a task that has gone meanwhile. */
export type CreatedTask = Pick<InitOf<typeof TaskCreate>, 'bundle' | 'io' | 'rootfs'>;

/** What an event of ours is for containerd; undefined: nothing. */
export function taskEventOf(document: EventDocument, created: () => CreatedTask): TaskEvent | undefined {
  const { type, id: containerId, attributes, time } = document;
  const pid = Number(attributes['pid'] ?? 0);
  const execId = String(attributes['execId'] ?? '');
  const make = <T extends TaskTopic>(topic: T, value: InitOf<(typeof TASK_EVENTS)[T]>): TaskEvent => {
    return { topic, timestamp: timeOf(time), event: packAny(TASK_EVENTS[topic], value) };
  };
  switch (type) {
    case 'create':
      return make('/tasks/create', { containerId, pid, ...created() });
    case 'start':
      return make('/tasks/start', { containerId, pid });
    case 'exit':
      return make('/tasks/exit', { containerId, id: containerId, pid, ...exitOf(document) });
    case 'delete':
      return make('/tasks/delete', { containerId, pid, ...exitOf(document) });
    case 'exec-create':
      return make('/tasks/exec-added', { containerId, execId });
    case 'exec-start':
      return make('/tasks/exec-started', { containerId, execId, pid });
    case 'exec-exit':
      return make('/tasks/exit', { containerId, id: execId, pid, ...exitOf(document) });
    case 'oom':
      return make('/tasks/oom', { containerId });
    case 'pause':
      return make('/tasks/paused', { containerId });
    case 'resume':
      return make('/tasks/resumed', { containerId });
    default:
      return undefined;
  }
}

/** An exit that was learned of late has its own time beside the event's. */
function exitOf({ type, time, attributes }: EventDocument) {
  const { exitCode, exitedAt, occurredAt } = attributes;
  const at = type === 'delete' ? exitedAt : (occurredAt ?? time);
  if (typeof at !== 'string') return exitStatusOf(undefined);
  return exitStatusOf({ exitCode: typeof exitCode === 'number' ? exitCode : null, signal: null, exitedAt: at });
}
