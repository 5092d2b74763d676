import type { EventDocument, EventType } from '../api/documents.js';
import type { Clock } from '../lifecycle/shim-info.js';
import type { EventWriter } from './event-writer.js';

/** Whose event it is. */
export interface EventSubject {
  readonly namespace: string;
  readonly id: string;
  readonly instance: string;
}

/** What an event tells beside its type. */
export interface EventDetails {
  /** None: the shim itself. */
  readonly subject?: EventSubject;
  readonly attributes?: EventDocument['attributes'];
  /** RFC 3339, UTC; now if left out. */
  readonly time?: string;
}

const SHIM: EventSubject = { namespace: '', id: '', instance: '' };

/** Takes what happens in the group. Emitting costs the emitter next to nothing and never fails. */
export class EventBus {
  constructor(
    private readonly writer: EventWriter,
    private readonly clock: Clock,
    private readonly group: string,
  ) {}

  emit(type: EventType, { subject = SHIM, attributes = {}, time }: EventDetails = {}): void {
    const { namespace, id, instance } = subject;
    const at = time ?? this.clock.now().toISOString();
    this.writer.push({ time: at, type, namespace, id, instance, group: this.group, attributes });
  }

  /** Resolves when all that was emitted has been written or dropped. */
  flush(): Promise<void> {
    return this.writer.flush();
  }

  close(): void {
    this.writer.close();
  }
}
