import type { EventDocument, FrontEndHost } from '@holdfast/core';
import type { Listener } from '../listen/listener.js';
import type { Listeners } from '../listen/listeners.js';
import { coreNamespace } from '../names.js';
import { CursorFile, cursorFileOf } from './cursor-file.js';
import { ExitOrder } from './exit-order.js';
import { Outgoing, type OutgoingEvent } from './outgoing.js';
import type { SendEvent } from './send-event.js';
import { taskEventOf, type CreatedTask } from './task-event.js';

const FLUSH_MS = 2_000;

export interface PublisherOptions {
  readonly host: FrontEndHost;
  readonly listeners: Listeners;
  readonly send: SendEvent;
  /** Told of everything that happens, as it happens. */
  readonly seen?: (event: EventDocument) => void;
}

/** Tells each containerd what happens to its tasks: in order, until it has heard of it, over restarts of both. */
export class Publisher {
  readonly #stop = new AbortController();
  readonly #byAddress = new Map<string, Outgoing>();
  readonly #cursor: CursorFile;
  readonly #order = new ExitOrder((event) => this.#pass(event));
  /** Instances of containers. */
  readonly #leftOut = new Set<string>();
  #following: Promise<void> | undefined;

  constructor(private readonly options: PublisherOptions) {
    const { layout, group } = options.host;
    this.#cursor = new CursorFile(cursorFileOf(layout, group));
  }

  start(): void {
    this.#following = this.#follow().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.options.host.logger.error({ err: error }, 'events can not be followed');
    });
  }

  /** What happens from now on to a container is not told: containerd ends it itself, and tells its clients. */
  leaveOut(instance: string): void {
    this.#leftOut.add(instance);
  }

  /** Gives containerd a last chance to hear of what waits; the rest is told by the next shimd. */
  async stop(): Promise<void> {
    const signal = AbortSignal.timeout(FLUSH_MS);
    await Promise.all([...this.#byAddress.values()].map((outgoing) => outgoing.flushed(signal)));
    this.#stop.abort();
    this.#order.close();
    for (const outgoing of this.#byAddress.values()) outgoing.close();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { service } = this.options.host;
    const query = { after: this.#cursor.value, follow: true };
    for await (const event of service.events(query, this.#stop.signal)) {
      this.options.seen?.(event);
      this.#order.add(event);
    }
  }

  #pass(document: EventDocument): void {
    const { cursor, instance, type } = document;
    const listener = this.#leftOut.has(instance) ? undefined : this.#listenerOf(document.namespace);
    const event = listener === undefined ? undefined : taskEventOf(document, () => this.#created(document));
    if (type === 'delete') this.#leftOut.delete(instance);
    // The next shimd must not tell what this one did not: it may be long ago by then.
    if (listener === undefined || event === undefined) return this.#cursor.set(this.#oldestPending(cursor));
    this.#outgoing(listener).add({ ...event, cursor, namespace: listener.namespace });
  }

  #listenerOf(namespace: string): Listener | undefined {
    for (const listener of this.options.listeners.all) if (coreNamespace(listener) === namespace) return listener;
    return undefined;
  }

  #outgoing(listener: Listener): Outgoing {
    const known = this.#byAddress.get(listener.ttrpcAddress);
    if (known !== undefined) return known;
    const send = (event: OutgoingEvent, signal: AbortSignal): Promise<void> => {
      return this.options.send(listener.ttrpcAddress, event, signal);
    };
    const { host } = this.options;
    const sent = (cursor: number): void => {
      this.#cursor.set(this.#oldestPending(cursor));
      host.changed();
    };
    const outgoing = new Outgoing({ send, sent, logger: host.logger });
    this.#byAddress.set(listener.ttrpcAddress, outgoing);
    return outgoing;
  }

  /** One containerd may be away while another hears of everything, and an exit may wait for those of its execs. */
  #oldestPending(cursor: number): number {
    const waiting = [...this.#byAddress.values()].map(({ first }) => first?.cursor);
    const pending = [...waiting, this.#order.first].flatMap((first) => (first === undefined ? [] : [first - 1]));
    return Math.min(cursor, ...pending);
  }

  #created({ namespace, id }: EventDocument): CreatedTask {
    const { host } = this.options;
    try {
      const { bundle, terminal, forward = {} } = host.process({ namespace, id });
      const { stdin = '', stdout = '', stderr = '' } = forward;
      return { bundle, io: { stdin, stdout, stderr, terminal } };
    } catch {
      return {};
    }
  }
}
