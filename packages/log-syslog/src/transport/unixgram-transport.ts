import type { DatagramSender } from '@holdfast/core/plugin';
import type { Slice } from '../message/slice.js';
import type { Sent, Transport } from './transport.js';

const NOTHING = Buffer.alloc(0);

/** A Unix socket of datagrams, with the host's sender: it never blocks, waits for room, and finds a receiver that was restarted. */
export class UnixgramTransport implements Transport {
  readonly batchRecords = 256;
  #fieldEnds = new Uint32Array(0);

  #sender: DatagramSender | undefined;

  /** The sender is made when it is needed: who only reads back has none. */
  constructor(private readonly makeSender: () => DatagramSender) {}

  open(): Promise<void> {
    return new Promise((resolve) => {
      this.#open().connect();
      resolve();
    });
  }

  ready(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async send(slice: Slice, _records: number, deadline: number): Promise<Sent> {
    const { bytes, spans, count } = slice;
    if (this.#fieldEnds.length < count) this.#fieldEnds = new Uint32Array(Math.max(count, spans.length / 2));
    const lent = { head: NOTHING, fields: NOTHING, fieldEnds: this.#fieldEnds, bytes, spans, tail: NOTHING };
    try {
      await this.#open().send({ ...lent, from: 0, to: count }, deadline);
      return { messages: count };
    } catch (error) {
      const { sent } = error as { sent?: unknown };
      return { messages: typeof sent === 'number' ? sent : 0, error };
    }
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<number> {
    this.#sender?.close();
    return Promise.resolve(0);
  }

  #open(): DatagramSender {
    return (this.#sender ??= this.makeSender());
  }
}
