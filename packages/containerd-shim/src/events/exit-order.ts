import type { EventDocument } from '@holdfast/core';

/** An exec that outlives its container is killed within this time. */
const PATIENCE_MS = 5_000;

interface Held {
  readonly execs: Set<string>;
  readonly waiting: EventDocument[];
  timer: NodeJS.Timeout | undefined;
}

/** Passes on events in order, but a container's exit after those of its execs: clients rely on it. */
export class ExitOrder {
  readonly #byInstance = new Map<string, Held>();

  constructor(private readonly pass: (event: EventDocument) => void) {}

  /** Cursor of the first event that is held back. */
  get first(): number | undefined {
    const held = [...this.#byInstance.values()].flatMap(({ waiting }) => waiting[0]?.cursor ?? []);
    return held.length === 0 ? undefined : Math.min(...held);
  }

  add(event: EventDocument): void {
    const { type, instance, attributes } = event;
    const held = this.#byInstance.get(instance) ?? { execs: new Set(), waiting: [], timer: undefined };
    const execId = String(attributes['execId'] ?? '');
    if (type === 'exec-start') this.#byInstance.set(instance, held);
    if (type === 'exec-start') held.execs.add(execId);
    const waits = held.waiting.length > 0 && type !== 'exec-exit';
    if (waits || (type === 'exit' && held.execs.size > 0)) return this.#hold(instance, held, event);
    this.pass(event);
    if (type === 'exec-exit' && held.execs.delete(execId) && held.execs.size === 0) this.#release(instance, held);
    if (type === 'delete') this.#release(instance, held);
  }

  close(): void {
    for (const held of this.#byInstance.values()) clearTimeout(held.timer);
  }

  #hold(instance: string, held: Held, event: EventDocument): void {
    held.waiting.push(event);
    held.timer ??= setTimeout(() => this.#release(instance, held), PATIENCE_MS).unref();
  }

  #release(instance: string, held: Held): void {
    clearTimeout(held.timer);
    this.#byInstance.delete(instance);
    for (const event of held.waiting) this.pass(event);
  }
}
