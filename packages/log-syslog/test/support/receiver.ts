import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { EventPoller } from '@holdfast/core/logging';
import { native } from '@holdfast/native';
import type { TestCertificates } from '../../../../test/support/test-certificates.js';
import type { Framing } from '../../src/options/settings.js';
import { FrameReader } from './frames.js';
import { strictMessage, type StrictMessage } from './strict-message.js';

const ADDRESS = 'unixgram://';

export type ReceiverKind = 'udp' | 'tcp' | 'tcp+tls' | 'unix' | 'unixgram';

export interface ReceiverOptions {
  readonly framing?: Exclude<Framing, 'none'>;
  readonly certificates?: TestCertificates;
  /** True: who has none is refused. */
  readonly clientCertificates?: boolean;
  /** The port or path of one before. */
  readonly address?: string;
  /** False: bytes are kept, and nothing is taken apart. */
  readonly strict?: boolean;
}

/** A syslog server that takes nothing which is not RFC 5424. */
export class Receiver {
  readonly messages: StrictMessage[] = [];
  readonly raw: Buffer[] = [];
  readonly sockets = new Set<Socket>();
  /** What did not fit. */
  problem: unknown;
  address = '';
  readonly #changed = new EventEmitter().setMaxListeners(0);
  #isPaused = false;
  #end: () => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly kind: ReceiverKind,
    private readonly options: ReceiverOptions,
  ) {}

  static async start(kind: ReceiverKind, options: ReceiverOptions = {}): Promise<Receiver> {
    const receiver = new Receiver(kind, options);
    if (kind === 'udp') await receiver.#listenUdp();
    else if (kind === 'unixgram') await receiver.#listenUnixgram();
    else await receiver.#listenStream(kind);
    return receiver;
  }

  /** Resolves when `enough` says so of what has come. */
  async until(what: string, enough: (receiver: Receiver) => boolean): Promise<void> {
    const timer = AbortSignal.timeout(20_000);
    while (!enough(this)) {
      if (this.problem !== undefined) throw this.problem as Error;
      await once(this.#changed, 'change', { signal: timer }).catch((error: unknown) => {
        throw new Error(`${what}: not in time; there are ${this.raw.length} messages`, { cause: error });
      });
    }
    if (this.problem !== undefined) throw this.problem as Error;
  }

  /** Waits for `count` messages, and gives their texts. */
  async texts(count: number): Promise<string[]> {
    await this.until(`${count} messages`, ({ raw }) => raw.length >= count);
    return this.messages.map(({ text }) => text.toString('latin1'));
  }

  async connections(count: number): Promise<void> {
    await this.until(`${count} connections`, ({ sockets }) => sockets.size >= count);
  }

  /** Takes nothing more; the kernel's buffers fill up. */
  pause(): void {
    this.#isPaused = true;
    for (const socket of this.sockets) socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Ends all connections, with a reset, and stops listening. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    await this.#end();
    this.#end = () => Promise.resolve();
  }

  #take(bytes: Buffer): void {
    try {
      this.raw.push(bytes);
      if (this.options.strict !== false) this.messages.push(strictMessage(bytes));
    } catch (error) {
      this.problem ??= error;
    }
    this.#changed.emit('change');
  }

  async #listenStream(kind: 'tcp' | 'tcp+tls' | 'unix'): Promise<void> {
    const take = (socket: Socket): void => this.#accept(socket);
    const { certificates, clientCertificates = false } = this.options;
    const asked = { requestCert: clientCertificates, rejectUnauthorized: clientCertificates };
    const server: Server =
      kind === 'tcp+tls' ? createTlsServer({ ...certificates!.server, ...asked }, take) : createServer(take);
    const directory = kind === 'unix' ? mkdtempSync(join(tmpdir(), 'hf-sl-')) : undefined;
    const before = this.options.address === undefined ? 0 : Number(new URL(this.options.address).port);
    server.listen(directory === undefined ? { port: before, host: '127.0.0.1' } : { path: join(directory, 's') });
    await once(server, 'listening');
    const address = server.address() as AddressInfo | string;
    this.address = typeof address === 'string' ? `unix://${address}` : `${kind}://127.0.0.1:${address.port}`;
    this.#end = async () => {
      await new Promise((resolve) => server.close(resolve));
      if (directory !== undefined) rmSync(directory, { recursive: true });
    };
  }

  #accept(socket: Socket): void {
    const framing = this.options.framing ?? (this.kind === 'unix' ? 'newline' : 'octet-counting');
    const frames = new FrameReader(framing);
    this.sockets.add(socket);
    if (this.#isPaused) socket.pause();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.push(chunk)) this.#take(frame);
      } catch (error) {
        this.problem ??= error;
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    this.#changed.emit('change');
  }

  async #listenUdp(): Promise<void> {
    const socket: UdpSocket = createSocket({ type: 'udp4', recvBufferSize: 8 << 20 });
    socket.on('message', (bytes) => this.#take(bytes));
    socket.bind(this.options.address === undefined ? 0 : Number(new URL(this.options.address).port), '127.0.0.1');
    await once(socket, 'listening');
    this.address = `udp://127.0.0.1:${socket.address().port}`;
    this.#end = async () => {
      socket.close();
      await once(socket, 'close');
    };
  }

  #listenUnixgram(): Promise<void> {
    const { address } = this.options;
    const path =
      address === undefined ? join(mkdtempSync(join(tmpdir(), 'hf-sl-')), 's') : address.slice(ADDRESS.length);
    rmSync(path, { force: true });
    const fd = native.datagramBind(path, 0o600);
    const poller = new EventPoller();
    const buffer = Buffer.alloc(128 << 10);
    const stop = poller.watch(fd, () => {
      for (let length; !this.#isPaused && (length = native.datagramReceive(fd, buffer, false)) !== undefined;)
        this.#take(Buffer.from(buffer.subarray(0, length)));
    });
    this.address = `${ADDRESS}${path}`;
    this.#end = () => {
      stop();
      closeSync(fd);
      poller.close();
      return Promise.resolve();
    };
    return Promise.resolve();
  }

  /** Removes what `stop` leaves for the next one: the directory of a socket. */
  remove(): void {
    if (this.kind === 'unixgram') rmSync(dirname(this.address.slice(ADDRESS.length)), { recursive: true, force: true });
  }
}
