import type { PluginLogger } from '@holdfast/core/plugin';
import type { TaskEvent } from './task-event.js';

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;
/** containerd can be away for days. */
const MOST_EVENTS = 10_000;

/** An event on its way, with the cursor that it has here. */
export interface OutgoingEvent extends TaskEvent {
  readonly cursor: number;
  readonly namespace: string;
}

export interface OutgoingOptions {
  readonly send: (event: OutgoingEvent, signal: AbortSignal) => Promise<void>;
  /** Everything up to this cursor was sent, or given up. */
  readonly sent: (cursor: number) => void;
  readonly logger: PluginLogger;
}

/** Events for one containerd: one after the other, each until it has been taken. */
export class Outgoing {
  readonly #queue: OutgoingEvent[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #dropped = 0;

  constructor(private readonly options: OutgoingOptions) {}

  /** Events that wait. */
  get length(): number {
    return this.#queue.length;
  }

  /** The one that goes next. */
  get first(): OutgoingEvent | undefined {
    return this.#queue[0];
  }

  add(event: OutgoingEvent): void {
    this.#queue.push(event);
    if (this.#queue.length > MOST_EVENTS) this.#dropOldest();
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Resolves when all has been sent, or `signal` aborts. */
  async flushed(signal: AbortSignal): Promise<void> {
    if (this.#running === undefined || signal.aborted) return;
    let give: () => void = () => undefined;
    const given = new Promise<void>((resolve) => (give = resolve));
    signal.addEventListener('abort', give, { once: true });
    await Promise.race([this.#running, given]);
    signal.removeEventListener('abort', give);
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pause = FIRST_PAUSE_MS;
    for (let event = this.#queue[0]; event !== undefined && !signal.aborted; event = this.#queue[0]) {
      try {
        await this.options.send(event, signal);
        if (this.#queue[0] === event) this.#queue.shift();
        this.options.sent(event.cursor);
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (pause === FIRST_PAUSE_MS) this.options.logger.debug({ err: error }, 'containerd takes no events now');
        await pauseFor(pause, signal);
        pause = Math.min(pause * 2, LAST_PAUSE_MS);
      }
    }
  }

  #dropOldest(): void {
    this.#queue.shift();
    this.#dropped += 1;
    if (this.#dropped === 1 || this.#dropped % 1_000 === 0)
      this.options.logger.warn(
        { dropped: this.#dropped },
        'containerd has been away for long: oldest events are dropped',
      );
  }
}

/** Ends early when `signal` aborts. */
function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end, { once: true });
  });
}
