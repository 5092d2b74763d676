import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Slice } from '../message/slice.js';
import { codeOf } from '../system-error.js';
import { BackOff } from './deadline.js';
import { UdpSocket } from './udp-socket.js';
import type { Notice, Sent, Transport } from './transport.js';

/** UDP: a datagram that the kernel has taken counts as sent, unless the server's machine says that nobody listens. */
export class UdpTransport implements Transport {
  readonly batchRecords = 256;
  #socket: UdpSocket | undefined;
  #lost = 0;

  constructor(
    private readonly server: { readonly host: string; readonly port: number },
    private readonly notice: Notice,
  ) {}

  async open(deadline: number): Promise<void> {
    const { host, port } = this.server;
    this.#socket ??= await UdpSocket.connect(host, port, deadline);
  }

  ready(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async send({ bytes, spans, count }: Slice, _records: number, deadline: number): Promise<Sent> {
    const backOff = new BackOff();
    for (let i = 0; i < count;) {
      try {
        await this.open(deadline);
        await this.#socket?.send(bytes, spans[2 * i]!, spans[2 * i + 1]!);
        i++;
      } catch (error) {
        i = this.#failed(error, i);
        if (i < count && !(await backOff.pause(deadline))) return { messages: i, error };
      }
    }
    // Sending is one system call after the other: others have their turn.
    await nextTurn();
    return { messages: count };
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<number> {
    this.#socket?.close();
    this.#socket = undefined;
    return Promise.resolve(this.#lost);
  }

  /** Datagram `i` met an error. Returns the one to go on with. */
  #failed(error: unknown, i: number): number {
    if (codeOf(error) === 'EMSGSIZE') {
      this.#lost++;
      this.notice(error, 'a message is too large for the way to the server, and lost: make maxMessage smaller');
      return i + 1;
    }
    // The name may lead elsewhere now.
    this.#socket?.close();
    this.#socket = undefined;
    if (codeOf(error) !== 'ECONNREFUSED') return i;
    // It is the datagram before that was refused: the kernel tells when the next one is sent.
    if (i > 0) return i - 1;
    this.#lost++;
    return 0;
  }
}
