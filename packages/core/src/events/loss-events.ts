import type { LostDocument } from '../api/documents.js';
import type { ContainerEvents } from './container-events.js';

/** A flood of losses must not push everything else out of the events. */
const EVERY_MS = 10_000;

/** Tells of lost log records: of the first at once, of more from time to time, of the last at the end. */
export class LossEvents {
  #timer: NodeJS.Timeout | undefined;
  #told: number;

  constructor(
    private readonly events: ContainerEvents,
    private readonly lost: () => LostDocument,
  ) {
    this.#told = lost().records;
  }

  /** More was lost. */
  changed(): void {
    if (this.#timer !== undefined) return;
    this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Tells of what was not told. */
  flush(): void {
    const { records, bytes, byDriver } = this.lost();
    if (records === this.#told) return;
    this.#told = records;
    const drivers = Object.entries(byDriver).map(([name, entry]) => `${name}: ${entry.records} (${entry.reason})`);
    this.events.emit('log-lost', { attributes: { records, bytes, drivers: drivers.join(', ') } });
  }
}
