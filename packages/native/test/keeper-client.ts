import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { Receiver, receiveOne } from './support/receiver.js';
import { packet, parse, Reply, Request, str, strs, u32, u64, type Message } from './support/wire.js';

export interface Exit {
  readonly seq: bigint;
  readonly pid: number;
  readonly startTime: bigint;
  readonly status: number;
  readonly time: bigint;
  readonly tag: string;
}

export interface Child {
  readonly pid: number;
  readonly startTime: bigint;
  readonly tag: string;
}

/** What HELLO brings. */
export interface Greeting {
  readonly version: number;
  readonly keeper: number;
  readonly restarts: number;
  readonly children: readonly Child[];
  readonly held: readonly string[];
  readonly exits: readonly Exit[];
  /** From version 2 on. */
  readonly replacement?: Replacement;
}

/** How the last REPLACE went: 0 none, 1 on trial, 2 it serves, 3 it failed. */
export interface Replacement {
  readonly count: number;
  readonly outcome: number;
  readonly status: number;
  readonly tag: string;
}

/** A connection whose frames the keeper passes on. */
export interface Relayed {
  readonly id: bigint;
  readonly listener: string;
  readonly fd: number;
}

export interface SpawnRequest {
  readonly argv: readonly string[];
  readonly tag?: string;
  readonly cwd?: string;
  readonly env?: readonly string[];
  /** Descriptors of the new process: [of this process, of that one]. */
  readonly fds?: readonly (readonly [source: number, target: number])[];
}

export interface ReplaceOptions {
  readonly env?: readonly string[];
  readonly patienceMs?: number;
}

/** An ERROR reply. */
export class KeeperError extends Error {
  constructor(
    readonly errno: number,
    readonly where: string,
  ) {
    super(`keeper: errno ${errno} at ${where}`);
  }
}

function readExit({ body }: Message): Exit {
  const [seq, pid, startTime] = [body.u64(), body.u32(), body.u64()];
  return { seq, pid, startTime, status: body.u32(), time: body.u64(), tag: body.str() };
}

interface Waiter {
  readonly accept: (message: Message) => boolean;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** Speaks the keeper's protocol over a control socket. */
export class KeeperClient {
  /** Messages that nobody waited for, in order. */
  readonly unread: Message[] = [];
  readonly #waiters: Waiter[] = [];
  #receiver: Receiver;
  #nextId = 1;
  #ended = false;

  constructor(
    readonly control: number,
    readonly standIn: number,
    readonly shimdPid: number,
  ) {
    this.#receiver = this.#receive();
  }

  #receive(): Receiver {
    return new Receiver(this.control, (received) => this.#take(received && parse(received.bytes, received.fds)));
  }

  /** Reads nothing until {@link resume}. */
  pause(): void {
    this.#receiver.stop();
  }

  resume(): void {
    this.#receiver = this.#receive();
  }

  /** Connects to the stand-in for shimd, which hands its control socket over. Waits for it if it is still starting. */
  static async connect(launchSocket: string): Promise<KeeperClient> {
    const relay = native.seqpacketConnect(launchSocket);
    const received = await receiveOne(relay);
    const control = received?.fds[0];
    if (received === undefined || control === undefined) throw new Error('the stand-in for shimd handed nothing over');
    return new KeeperClient(control, relay, received.bytes.readUInt32LE(0));
  }

  #take(message: Message | undefined): void {
    if (message === undefined) {
      this.#ended = true;
      for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error('the keeper closed the control socket'));
      return;
    }
    const index = this.#waiters.findIndex((waiter) => waiter.accept(message));
    if (index < 0) this.unread.push(message);
    else this.#waiters.splice(index, 1)[0]?.resolve(message);
  }

  /** The first message, of those unread or to come, that `accept` takes. */
  next(accept: (message: Message) => boolean): Promise<Message> {
    const index = this.unread.findIndex(accept);
    const [found] = index < 0 ? [] : this.unread.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#ended) return Promise.reject(new Error('the control socket is closed'));
    return new Promise((resolve, reject) => this.#waiters.push({ accept, resolve, reject }));
  }

  sendRaw(bytes: Uint8Array, fds: readonly number[] = []): boolean {
    return native.send(this.control, bytes, fds);
  }

  /** Sends a request and waits for its reply; an ERROR rejects with a {@link KeeperError}. */
  async request(type: number, body: readonly Buffer[], fds: readonly number[] = []): Promise<Message> {
    const id = this.#nextId++;
    const reply = this.next((message) => message.id === id);
    if (!this.sendRaw(packet(type, id, ...body), fds)) throw new Error('the control socket is full');
    const message = await reply;
    if (message.type === Reply.ERROR) throw new KeeperError(message.body.u32(), message.body.str());
    return message;
  }

  async hello(wanted = 1): Promise<Greeting> {
    const welcome = await this.request(Request.HELLO, [u32(wanted)]);
    await this.next((message) => message.type === Reply.READY);
    const of = (type: number): Message[] => this.unread.filter((message) => message.type === type);
    const children = of(Reply.CHILD).map(({ body }) => ({ pid: body.u32(), startTime: body.u64(), tag: body.str() }));
    const held = of(Reply.HELD).map(({ body }) => body.str());
    const exits = of(Reply.EXITED).map(readExit);
    const relayed = of(Reply.RELAYED);
    this.unread.splice(0, this.unread.length, ...relayed);
    const [version, keeper, restarts] = [welcome.body.u32(), welcome.body.u32(), welcome.body.u32()];
    const greeting = { version, keeper, restarts, children, held, exits };
    if (version === 1) return greeting;
    const [count, outcome, status] = [welcome.body.u32(), welcome.body.u32(), welcome.body.u32()];
    return { ...greeting, replacement: { count, outcome, status, tag: welcome.body.str() } };
  }

  /** Offers what is to take shimd's place. */
  async replace(tag: string, argv: readonly string[], options: ReplaceOptions = {}): Promise<void> {
    const { env = ['PATH=/bin:/usr/bin'], patienceMs = 60_000 } = options;
    await this.request(Request.REPLACE, [str(tag), u32(patienceMs), strs(argv), strs(env)]);
  }

  serving(): void {
    this.sendRaw(packet(Request.SERVING, 0));
  }

  async spawn(request: SpawnRequest): Promise<{ readonly pid: number; readonly startTime: bigint }> {
    const { argv, tag = '', cwd = '/', env = ['PATH=/bin:/usr/bin'], fds = [] } = request;
    const targets = [u32(fds.length), ...fds.map(([, target]) => u32(target))];
    const body = [str(tag), str(cwd), strs(argv), strs(env), ...targets];
    const reply = await this.request(
      Request.SPAWN,
      body,
      fds.map(([source]) => source),
    );
    return { pid: reply.body.u32(), startTime: reply.body.u64() };
  }

  /** The exit of `pid`, not acknowledged. */
  async exitOf(pid: number): Promise<Exit> {
    const isOf = (message: Message): boolean => message.type === Reply.EXITED && readPid(message) === pid;
    return readExit(await this.next(isOf));
  }

  /** The next exit, whoever's. */
  async anyExit(): Promise<Exit> {
    return readExit(await this.next((message) => message.type === Reply.EXITED));
  }

  ack(seq: bigint): void {
    this.sendRaw(packet(Request.ACK, 0, u64(seq)));
  }

  async hold(key: string, fd: number): Promise<void> {
    await this.request(Request.HOLD, [str(key)], [fd]);
  }

  async drop(key: string): Promise<void> {
    await this.request(Request.DROP, [str(key)]);
  }

  /** Has a connection of the listener held under `listener` accepted, and held under `key`. From version 3 on. */
  async accept(listener: string, key: string): Promise<void> {
    await this.request(Request.ACCEPT, [str(listener), str(key)]);
  }

  /** Has the connections of the listener held under `listener` accepted and relayed. From version 4 on. */
  async relay(listener: string): Promise<void> {
    await this.request(Request.RELAY, [str(listener)]);
  }

  async unrelay(id: bigint): Promise<void> {
    await this.request(Request.UNRELAY, [u64(id)]);
  }

  /** The next connection that is told of; its descriptor is the caller's. */
  async relayed(): Promise<Relayed> {
    const { body, fds } = await this.next((message) => message.type === Reply.RELAYED);
    const [id, listener, fd] = [body.u64(), body.str(), fds[0]];
    if (fd === undefined) throw new Error('RELAYED came without a descriptor');
    return { id, listener, fd };
  }

  /** A new descriptor of what is held, the caller's to close. */
  async fetch(key: string): Promise<number> {
    const { fds } = await this.request(Request.FETCH, [str(key)]);
    const [fd] = fds;
    if (fd === undefined) throw new Error('FD came without a descriptor');
    return fd;
  }

  async quit(): Promise<void> {
    await this.request(Request.QUIT, []);
  }

  /** Makes the stand-in for shimd exit and closes this side. */
  crashShimd(code: number): void {
    native.send(this.standIn, Buffer.of(code), []);
    this.close();
  }

  close(): void {
    this.#receiver.stop();
    closeSync(this.control);
    closeSync(this.standIn);
  }
}

/** Looks at the pid of an EXITED without moving its reader. */
function readPid(message: Message): number {
  return message.body.peekU32(8);
}
