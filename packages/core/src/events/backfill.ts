import type { EventDocument, ExitDocument } from '../api/documents.js';
import type { ContainerRecords } from '../state/container-records.js';
import type { ContainerEvents } from './container-events.js';
import type { EventHistory } from './event-history.js';

/** Tells what a shimd that was killed had done and not yet told. */
export function backfill(events: ContainerEvents, records: ContainerRecords, history: EventHistory): void {
  const { request, runtime, exit } = records;
  const lacks = (type: EventDocument['type'], time: string): boolean => history.lacks(type, request, time);
  const attributes = { pid: runtime.pid };
  if (runtime.pid !== 0 && lacks('create', request.createdAt))
    events.emit('create', { time: request.createdAt, attributes });
  if (runtime.startedAt !== null && lacks('start', runtime.startedAt))
    events.emit('start', { time: runtime.startedAt, attributes });
  if (exit === undefined) return;
  if (lacks('exit', exit.exitedAt))
    events.emit('exit', { time: exit.exitedAt, attributes: exitAttributes(exit, runtime.pid) });
  if (exit.drained && lacks('drained', exit.exitedAt)) events.emit('drained');
}

/** What the event of an exit tells. */
export function exitAttributes({ exitCode, signal }: ExitDocument, pid: number): EventDocument['attributes'] {
  return { exitCode, signal, pid };
}
