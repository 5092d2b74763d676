import { EVENTS_SERVICE, ForwardRequest } from '../messages/index.js';
import { TtrpcClient } from '../ttrpc/index.js';
import { NAMESPACE_KEY } from '../ttrpc/metadata.js';
import type { OutgoingEvent } from './outgoing.js';

/** containerd answers at once; its own shims give it as much. */
const TIMEOUT_MS = 5_000;

/** Resolves when the containerd at the address has taken the event. */
export type SendEvent = (address: string, event: OutgoingEvent, signal: AbortSignal) => Promise<void>;

/** Sends events, over one connection for each containerd. */
export class EventSender {
  readonly #clients = new Map<string, TtrpcClient>();

  readonly send: SendEvent = async (address, { namespace, topic, timestamp, event }, signal) => {
    const client = await this.#client(address);
    await client.call({
      service: EVENTS_SERVICE,
      method: 'Forward',
      payload: ForwardRequest.encode({ envelope: { timestamp, namespace, topic, event } }),
      timeoutMs: TIMEOUT_MS,
      metadata: new Map([[NAMESPACE_KEY, [namespace]]]),
      signal,
    });
  };

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  async #client(address: string): Promise<TtrpcClient> {
    const known = this.#clients.get(address);
    if (known?.open === true) return known;
    const client = await TtrpcClient.connect(address, { timeoutMs: TIMEOUT_MS });
    this.#clients.set(address, client);
    return client;
  }
}
