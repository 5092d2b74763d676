import type { EventDocument } from '../api/documents.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { EventFile } from './event-file.js';

/** Events that wait for a slow disk; more are dropped. */
const MOST_WAITING = 4_096;

/** An event before it has its place in the order. */
export type EventDraft = Omit<EventDocument, 'cursor'>;

/**
 * Writes events, one after the other, behind the back of whoever emits them. One that can't be written is dropped, and counted
 * in the shim's log: no operation fails for it.
 */
export class EventWriter {
  readonly #waiting: EventDraft[] = [];
  #file: EventFile | undefined;
  #cursor = 0;
  #dropped = 0;
  #work: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly path: string,
    private readonly logger: PluginLogger,
  ) {}

  push(draft: EventDraft): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MOST_WAITING) return this.#drop(new Error(`${MOST_WAITING} events wait to be written`));
    this.#waiting.push(draft);
    this.#work ??= this.#writeAll();
  }

  /** Resolves when all that was pushed has been written or dropped. */
  async flush(): Promise<void> {
    await this.#work;
  }

  /** Nothing is written any more. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    void this.flush().then(() => this.#file?.close().catch(() => undefined));
  }

  async #writeAll(): Promise<void> {
    for (let draft; (draft = this.#waiting.shift()) !== undefined;) {
      try {
        await this.#write(draft);
        this.#worksAgain();
      } catch (error) {
        this.#drop(error);
      }
    }
    this.#work = undefined;
  }

  async #write(draft: EventDraft): Promise<void> {
    this.#file ??= await this.#open();
    // Greater than the last even if the files were removed in between.
    const cursor = Math.max(this.#cursor + 1, Date.now() * 1_000);
    this.#file = await this.#file.append({ cursor, ...draft });
    this.#cursor = cursor;
  }

  async #open(): Promise<EventFile> {
    const file = await EventFile.open(this.path);
    this.#cursor = Math.max(this.#cursor, file.lastCursor);
    return file;
  }

  #drop(error: unknown): void {
    this.#dropped += 1;
    if (this.#dropped === 1) this.logger.error({ err: error, path: this.path }, 'events cannot be recorded');
  }

  #worksAgain(): void {
    if (this.#dropped === 0) return;
    this.logger.warn({ dropped: this.#dropped }, 'events are recorded again; some are missing');
    this.#dropped = 0;
  }
}
