import type { Socket } from 'node:net';
import { unpack, type Unpacked } from '../msgpack/unpack.js';
import { Failure } from './failure.js';

/** HELO, PONG and acks are small; a receiver that sends more unasked is none. */
const RECEIVED_LIMIT = 16 << 10;
const MESSAGES_LIMIT = 16;
const CLOSE_MS = 1_000;

/** A connection to a receiver: messages both ways. Once it has failed, every call rejects with what it failed with. */
export class Connection {
  #failure: Error | undefined;
  #received: Buffer = Buffer.alloc(0);
  readonly #messages: Unpacked[] = [];
  #waiting: { resolve(message: Unpacked): void; reject(error: Error): void } | undefined;

  /** `socket` is connected; nothing has been read from it. */
  constructor(private readonly socket: Socket) {
    socket.on('error', (error) => this.destroy(error));
    socket.on('end', () => this.destroy(new Failure('ECONNRESET', 'it closed the connection')));
    socket.on('close', () => this.destroy(new Failure('ECONNRESET', 'the connection is closed')));
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when the kernel has taken all of `bytes`, which must not change until then. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.socket.write(bytes, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(this.#failure ?? error);
      });
    });
  }

  /** The next message if it is there already. */
  taken(): Unpacked | undefined {
    return this.#messages.shift();
  }

  /** The next message. One waits at a time. */
  next(): Promise<Unpacked> {
    const message = this.taken();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  /** Sends what is on its way, and leaves. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) return;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CLOSE_MS)]);
    await new Promise<void>((resolve) => {
      limit.addEventListener('abort', () => resolve(), { once: true });
      if (limit.aborted) return resolve();
      this.socket.end(() => resolve());
    });
    this.destroy(new Failure('ECANCELED', 'the log driver was closed'));
  }

  /** Nothing more is sent or heard. */
  destroy(failure: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.socket.destroy();
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    try {
      for (let found = unpack(this.#received); found !== undefined; found = unpack(this.#received)) {
        this.#received = this.#received.subarray(found.end);
        this.#take(found.value);
      }
      if (this.#received.length > RECEIVED_LIMIT) throw new Error('a message without end');
    } catch (error) {
      this.destroy(new Failure('EPROTO', 'it speaks another protocol', error));
    }
  }

  #take(message: Unpacked): void {
    if (this.#waiting === undefined) {
      if (this.#messages.push(message) > MESSAGES_LIMIT) throw new Error('messages that nobody asked for');
      return;
    }
    this.#waiting.resolve(message);
    this.#waiting = undefined;
  }
}
