import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventDocument } from '../../src/api/documents.js';
import { EventBus } from '../../src/events/event-bus.js';
import { EventWriter } from '../../src/events/event-writer.js';
import { StateLayout } from '../../src/state/layout.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

export const SUBJECT = { namespace: 'default', id: 'c1', instance: 'i1' };

/** A root directory whose groups are written to as shimds do. */
export class EventRoot {
  readonly layout = new StateLayout(join(temporaryDirectory(), 'root'));
  readonly logger = new QuietLogger();

  /** Makes the group's directory, as the starter of its keeper does. */
  makeGroup(group = 'g1'): string {
    mkdirSync(this.layout.group(group), { recursive: true, mode: 0o700 });
    return this.layout.groupEvents(group);
  }

  /** A shimd's. */
  bus(group = 'g1', now: () => Date = () => new Date()): EventBus {
    const bus = new EventBus(new EventWriter(this.layout.groupEvents(group), this.logger), { now }, group);
    onTestFinished(() => bus.close());
    return bus;
  }
}

/** `type id` of each. */
export function names(events: readonly EventDocument[]): string[] {
  return events.map(({ type, id }) => `${type} ${id}`);
}

export async function collect(events: AsyncIterable<EventDocument>): Promise<EventDocument[]> {
  const all: EventDocument[] = [];
  for await (const event of events) all.push(event);
  return all;
}
