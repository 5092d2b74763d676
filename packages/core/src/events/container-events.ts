import type { EventType, LostDocument } from '../api/documents.js';
import type { EventBus, EventDetails, EventSubject } from './event-bus.js';
import { LossEvents } from './loss-events.js';

type Happening = Omit<EventDetails, 'subject'>;

/** The events of one container, in an order that makes sense. */
export class ContainerEvents {
  readonly losses: LossEvents;
  readonly #waiting: (() => void)[] = [];
  #holds = 0;

  constructor(
    private readonly bus: EventBus,
    private readonly subject: EventSubject,
    lost: () => LostDocument,
  ) {
    this.losses = new LossEvents(this, lost);
  }

  /** Told at once, or after what is held. */
  emit(type: EventType, happening: Happening = {}): void {
    if (this.#holds === 0) return this.emitNow(type, happening);
    const time = happening.time ?? new Date().toISOString();
    this.#waiting.push(() => this.emitNow(type, { ...happening, time }));
  }

  /** Told before all that is held. */
  emitNow(type: EventType, happening: Happening = {}): void {
    const { namespace, id, instance } = this.subject;
    this.bus.emit(type, { ...happening, subject: { namespace, id, instance } });
  }

  /** Holds what is emitted while `deed` runs. */
  async hold<T>(deed: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      return await deed();
    } finally {
      this.#holds -= 1;
      if (this.#holds === 0) for (const tell of this.#waiting.splice(0)) tell();
    }
  }

  /**
   * Runs `deed` and tells of it if it succeeds. What it brings about is told after it: a short program has ended before the
   * runtime's `start` returns.
   */
  around<T>(type: EventType, deed: () => Promise<T>, happening: Happening = {}): Promise<T> {
    return this.hold(async () => {
      const result = await deed();
      this.emitNow(type, happening);
      return result;
    });
  }
}
