import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { EventType } from '../api/documents.js';
import { decodeEvent, EVENT_FILE_BYTES, OLDER_SUFFIX } from './event-line.js';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** What an earlier shimd has recorded, as far as it is kept. */
export class EventHistory {
  readonly #known = new Set<string>();
  #oldest: string | undefined;

  /** Reads the events file at `path` and its older part. What can't be read is not known. */
  static async read(path: string): Promise<EventHistory> {
    const history = new EventHistory();
    for (const part of [path + OLDER_SUFFIX, path]) history.#add(await readPart(part));
    return history;
  }

  /** True if an event that happened at `time` should have been recorded and was not: its shimd was killed in between. */
  lacks(type: EventType, { instance, execId }: { instance: string; execId?: string }, time: string): boolean {
    // What is older than everything that is kept has been rotated away.
    return !this.#known.has(keyOf(type, instance, execId)) && (this.#oldest === undefined || time >= this.#oldest);
  }

  #add(text: string): void {
    for (const line of text.split('\n')) {
      const event = decodeEvent(line);
      if (event === undefined) continue;
      const { execId } = event.attributes;
      this.#oldest ??= event.time;
      this.#known.add(keyOf(event.type, event.instance, typeof execId === 'string' ? execId : undefined));
    }
  }
}

function keyOf(type: EventType, instance: string, execId = ''): string {
  return `${type} ${instance} ${execId}`;
}

async function readPart(path: string): Promise<string> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const buffer = Buffer.alloc(EVENT_FILE_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
