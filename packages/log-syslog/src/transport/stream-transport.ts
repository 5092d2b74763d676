import type { Slice } from '../message/slice.js';
import type { TlsSettings } from '../options/settings.js';
import { systemError } from '../system-error.js';
import { connectStream, type StreamAddress } from './connect-stream.js';
import { BackOff, doneBefore } from './deadline.js';
import { StreamConnection } from './stream-connection.js';
import type { Notice, Sent, Transport } from './transport.js';

/** Bytes that the kernel has not taken all. */
interface Unsent {
  readonly bytes: Buffer;
  readonly records: number;
}

/**
 * TCP, TLS and Unix streams. What the kernel has taken counts as sent. A slice of which it took a part when the connection broke is
 * sent again on the next one, as a whole.
 */
export class StreamTransport implements Transport {
  readonly batchRecords = 4096;
  #connection: StreamConnection | undefined;
  #unsent: Unsent | undefined;
  /** Of `#unsent`, on the connection that is there. */
  #writing: Promise<void> | undefined;

  constructor(
    private readonly address: StreamAddress,
    private readonly tls: TlsSettings,
    private readonly notice: Notice,
  ) {}

  async open(deadline: number): Promise<void> {
    await this.#connected(deadline);
  }

  ready(deadline: number): Promise<unknown> {
    return this.#sendUnsent(deadline);
  }

  /** A slice that the kernel takes no more of is taken: Node holds its bytes, and `ready` waits for it. */
  async send(slice: Slice, records: number, deadline: number): Promise<Sent> {
    this.#unsent = { bytes: slice.bytes.subarray(0, slice.end), records };
    const error = await this.#sendUnsent(deadline);
    if (error === undefined || this.#writing !== undefined) return { messages: slice.count };
    this.#unsent = undefined;
    return { messages: 0, error };
  }

  async flush(deadline: number): Promise<void> {
    if (this.#unsent === undefined) return;
    const error = await this.#sendUnsent(deadline);
    if (error !== undefined) throw error as Error;
  }

  async close(deadline: number): Promise<number> {
    if (this.#unsent !== undefined) await this.#sendUnsent(deadline);
    const lost = this.#unsent?.records ?? 0;
    if (lost === 0) await this.#connection?.end(deadline);
    else this.#connection?.destroy();
    this.#connection = undefined;
    this.#unsent = undefined;
    this.#writing = undefined;
    return lost;
  }

  /** Connects and sends what is unsent, again and again until the deadline. Resolves to why it could not. */
  async #sendUnsent(deadline: number): Promise<unknown> {
    const backOff = new BackOff();
    for (;;) {
      try {
        const connection = await this.#connected(deadline);
        if (this.#unsent === undefined) return undefined;
        return await this.#write(connection, this.#unsent, deadline);
      } catch (error) {
        this.#writing = undefined;
        if (!(await backOff.pause(deadline))) return error;
      }
    }
  }

  async #write(connection: StreamConnection, { bytes }: Unsent, deadline: number): Promise<unknown> {
    if (this.#writing === undefined) {
      this.#writing = connection.write(bytes);
      // It may fail while nobody waits; whoever waits next is told.
      this.#writing.catch(() => undefined);
    }
    if (!(await doneBefore(deadline, this.#writing))) {
      connection.suspect();
      return systemError('EAGAIN', 'the server takes no more');
    }
    connection.trust();
    this.#writing = undefined;
    this.#unsent = undefined;
    return undefined;
  }

  async #connected(deadline: number): Promise<StreamConnection> {
    const { failure } = this.#connection ?? {};
    if (this.#connection !== undefined && failure === undefined) return this.#connection;
    this.#connection = undefined;
    this.#writing = undefined;
    const socket = await connectStream(this.address, this.tls, deadline);
    const lost = (error: unknown): void => this.notice(error, 'the connection is lost, and what was on its way may be');
    return (this.#connection = new StreamConnection(socket, lost));
  }
}
