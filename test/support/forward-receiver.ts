import { EventEmitter, once } from 'node:events';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { parseMessage, type ForwardEvent, type ForwardMessage } from './forward-message.js';
import { ReceiverHandshake, type ForwardSecurity } from './forward-security.js';
import { StrictUnpacker, Unfinished, type Msgpack } from './strict-msgpack.js';

/** What is done with a message: taken and acknowledged (if it asks for it), or not. */
export type Answer = 'ack' | 'no ack' | 'wrong ack' | 'rubbish' | 'refuse';

export interface ForwardReceiverOptions {
  readonly tls?: TlsOptions;
  /** Of a Unix socket. */
  readonly path?: string;
  readonly security?: ForwardSecurity;
  /** Asked for each message that was taken, in order; `ack` if left out. A promise holds up what comes next. */
  readonly answer?: (message: ForwardMessage, index: number) => Answer | Promise<Answer>;
}

/**
 * A receiver of the forward protocol that takes nothing but what the protocol has: {@link problems} are what a sender did wrong. It can be stopped
 * and started again at the same place.
 */
export class ForwardReceiver {
  readonly messages: ForwardMessage[] = [];
  readonly problems: string[] = [];
  /** Bytes of messages that were begun and never ended. */
  torn = 0;
  connections = 0;
  /** Of the next connections: each is reset after so many bytes. */
  readonly resets: number[] = [];
  /** True: connections are made, and nothing is read from them. */
  deaf = false;
  readonly changes = new EventEmitter().setMaxListeners(0);
  #server: Server | undefined;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly options: ForwardReceiverOptions) {}

  static async start(options: ForwardReceiverOptions = {}): Promise<ForwardReceiver> {
    const receiver = new ForwardReceiver(options);
    await receiver.start();
    return receiver;
  }

  /** For the driver's option. */
  get address(): string {
    const { tls, path } = this.options;
    if (path !== undefined) return `unix://${path}`;
    return tls === undefined ? `127.0.0.1:${this.#port}` : `tls://127.0.0.1:${this.#port}`;
  }

  get events(): ForwardEvent[] {
    return this.messages.flatMap(({ events }) => events);
  }

  /** The logs of all events, as latin1. */
  get logs(): string[] {
    return this.events.map(({ record }) => String(record['log']));
  }

  get open(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    const { tls, path } = this.options;
    const serve = (socket: Socket): void => this.#serve(socket);
    this.#server = tls === undefined ? createPlainServer(serve) : createTlsServer(tls, serve);
    this.#server.listen(path === undefined ? { host: '127.0.0.1', port: this.#port } : { path });
    await once(this.#server, 'listening');
    if (path === undefined) this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Resets all connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) reset(socket);
    await closed;
  }

  /** Resolves once `condition` is true, which is looked at after each message, connection and end of one. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.changes, 'change');
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    this.#changed();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    const limit = this.resets.shift();
    if (this.deaf) return;
    void this.#converse(socket, limit).catch((error: unknown) => {
      if (!socket.destroyed) this.problems.push(String(error));
      socket.destroy();
    });
  }

  async #converse(socket: Socket, limit = Infinity): Promise<void> {
    const handshake = this.options.security && new ReceiverHandshake(this.options.security);
    if (handshake !== undefined) socket.write(handshake.helo());
    let shaken = handshake === undefined;
    let held: Buffer = Buffer.alloc(0);
    let received = 0;
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      received += bytes.length;
      if (received > limit) {
        this.torn += held.length + bytes.length;
        return reset(socket);
      }
      held = Buffer.concat([held, bytes]);
      for (let found = firstOf(held); found !== undefined; found = firstOf(held)) {
        held = held.subarray(found.end);
        if (shaken) await this.#take(found.value, socket);
        else shaken = this.#shake(handshake!, found.value, socket);
      }
    }
    this.torn += held.length;
  }

  #shake(handshake: ReceiverHandshake, message: Msgpack, socket: Socket): boolean {
    const { bytes, accepted } = handshake.pong(message);
    if (accepted) socket.write(bytes);
    else socket.end(bytes);
    return accepted;
  }

  async #take(value: Msgpack, socket: Socket): Promise<void> {
    const message = parseMessage(value);
    const answer = (await this.options.answer?.(message, this.messages.length)) ?? 'ack';
    if (answer === 'refuse') return reset(socket);
    this.messages.push(message);
    if (answer === 'rubbish') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    else if (message.chunk !== undefined && answer !== 'no ack') {
      socket.write(ackOf(answer === 'ack' ? message.chunk : 'AAAAAAAAAAAAAAAAAAAAAA=='));
    }
    this.#changed();
  }

  #changed(): void {
    this.changes.emit('change');
  }
}

function ackOf(chunk: string): Buffer {
  return Buffer.from(`\x81\xa3ack\xb8${chunk}`, 'latin1');
}

/** Only TCP has a reset, and not below TLS. */
function reset(socket: Socket): void {
  if ('encrypted' in socket || socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

function firstOf(bytes: Buffer): { value: Msgpack; end: number } | undefined {
  const unpacker = new StrictUnpacker(bytes);
  try {
    return { value: unpacker.next(), end: unpacker.at };
  } catch (error) {
    if (error instanceof Unfinished) return undefined;
    throw error;
  }
}
