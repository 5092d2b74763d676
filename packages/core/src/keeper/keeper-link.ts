import { ShimError } from '../plugin/shim-error.js';
import { ControlSocket } from './control-socket.js';
import {
  SpawnError,
  type Keeper,
  type KeeperExit,
  type KeeperProcess,
  type KeeperWelcome,
  type RelayedConnection,
  type ReplaceRequest,
  type SpawnRequest,
} from './keeper.js';
import {
  ACCEPT_PROTOCOL_VERSION,
  EVENT,
  FIRST_PROTOCOL_VERSION,
  KEEPER_PROTOCOL_VERSION,
  PACKET_BYTES,
  RELAY_PROTOCOL_VERSION,
  REQUEST,
} from './messages.js';
import { readWelcome, type WelcomeHead } from './welcome.js';
import { PacketReader, PacketWriter } from './wire.js';

const ENOENT = 2;
const EBUSY = 16;
const EPROTONOSUPPORT = 93;

interface Reply {
  readonly reader: PacketReader;
  readonly fds: readonly number[];
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** The keeper behind its control socket (descriptor 3 of shimd). */
export class KeeperLink implements Keeper {
  /** Until somebody listens: one that was dropped here would be learned of only by the next shimd. */
  onExit: (exit: KeeperExit) => void = (exit) => this.#exits.push(exit);

  #relayed: RelayedConnection[] | ((connection: RelayedConnection) => void) = [];

  /** Those of the welcome. */
  readonly #exits: KeeperExit[] = [];
  readonly #pending = new Map<number, Pending>();
  readonly #socket: ControlSocket;
  #next = 1;
  #version = KEEPER_PROTOCOL_VERSION;
  #welcome:
    | (WelcomeHead & { children: (KeeperProcess & { tag: string })[]; held: Set<string>; exits: KeeperExit[] })
    | undefined;
  #ready: ((welcome: KeeperWelcome) => void) | undefined;

  /** `onLost` is called when the keeper is gone: shimd cannot go on without it. */
  constructor(
    fd: number,
    private readonly onLost: () => void,
  ) {
    this.#socket = new ControlSocket(fd, {
      onPacket: (packet, fds) => this.#dispatch(new PacketReader(packet), fds),
      onGone: () => this.#lost(),
    });
  }

  hello(): Promise<KeeperWelcome> {
    return new Promise((resolve, reject) => {
      this.#ready = resolve;
      this.#pending.set(0, { resolve: ({ reader }) => this.#refused(reader, reject), reject });
      this.#socket.open();
      this.#greet();
    });
  }

  #greet(): void {
    this.#send(new PacketWriter(REQUEST.HELLO, 0).u32(this.#version), []);
  }

  /** A keeper of an older version outlives many a shimd. */
  #refused(reader: PacketReader, reject: (error: Error) => void): void {
    if (this.#version === FIRST_PROTOCOL_VERSION || reader.u32() !== EPROTONOSUPPORT) {
      reject(new ShimError('SHIM_KEEPER_PROTOCOL', 'the keeper refuses the greeting'));
      return;
    }
    this.#version -= 1;
    this.#pending.set(0, { resolve: (reply) => this.#refused(reply.reader, reject), reject });
    this.#greet();
  }

  async spawn(request: SpawnRequest): Promise<KeeperProcess> {
    const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
    const { reader } = await this.#call(REQUEST.SPAWN, request.stdio, (packet) => {
      packet.str(request.tag).str(request.cwd).strs(request.argv).strs(env).u32(request.stdio.length);
      request.stdio.forEach((_fd, target) => packet.u32(target));
    });
    if (reader.type === EVENT.ERROR) throw new SpawnError(reader.u32(), reader.str());
    return { pid: reader.u32(), startTime: reader.u64() };
  }

  acknowledge(seq: bigint): void {
    this.#send(new PacketWriter(REQUEST.ACK, this.#next++).u64(seq), []);
  }

  async hold(key: string, fd: number): Promise<void> {
    const { reader } = await this.#call(REQUEST.HOLD, [fd], (packet) => packet.str(key));
    if (reader.type === EVENT.ERROR) throw failure(`hold ${key}`, reader);
  }

  async drop(key: string): Promise<void> {
    const { reader } = await this.#call(REQUEST.DROP, [], (packet) => packet.str(key));
    if (reader.type === EVENT.ERROR && reader.u32() !== ENOENT)
      throw new ShimError('SHIM_KEEPER_PROTOCOL', `keeper: drop ${key} failed`);
  }

  async fetch(key: string): Promise<number> {
    const { reader, fds } = await this.#call(REQUEST.FETCH, [], (packet) => packet.str(key));
    const fd = fds[0];
    if (reader.type === EVENT.ERROR || fd === undefined) throw failure(`fetch ${key}`, reader);
    return fd;
  }

  async accept(listener: string, key: string): Promise<boolean> {
    if (this.#version < ACCEPT_PROTOCOL_VERSION) return false;
    const { reader } = await this.#call(REQUEST.ACCEPT, [], (packet) => packet.str(listener).str(key));
    if (reader.type === EVENT.ERROR) throw failure(`accept ${key}`, reader);
    return true;
  }

  async relay(listener: string): Promise<boolean> {
    if (this.#version < RELAY_PROTOCOL_VERSION) return false;
    const { reader } = await this.#call(REQUEST.RELAY, [], (packet) => packet.str(listener));
    if (reader.type === EVENT.ERROR) throw failure(`relay ${listener}`, reader);
    return true;
  }

  set onRelayed(listener: (connection: RelayedConnection) => void) {
    const early = this.#relayed;
    this.#relayed = listener;
    if (Array.isArray(early)) for (const connection of early) listener(connection);
  }

  async unrelay(id: bigint): Promise<void> {
    const { reader } = await this.#call(REQUEST.UNRELAY, [], (packet) => packet.u64(id));
    if (reader.type === EVENT.ERROR && reader.u32() !== ENOENT)
      throw new ShimError('SHIM_KEEPER_PROTOCOL', `keeper: unrelay ${id} failed`);
  }

  async replace({ tag, patienceMs, argv, env }: ReplaceRequest): Promise<void> {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const { reader } = await this.#call(REQUEST.REPLACE, [], (packet) => {
      packet.str(tag).u32(patienceMs).strs(argv).strs(variables);
    });
    if (reader.type === EVENT.ERROR) throw failure('replace', reader);
  }

  serving(): void {
    if (this.#version > FIRST_PROTOCOL_VERSION) this.#send(new PacketWriter(REQUEST.SERVING, this.#next++), []);
  }

  async quit(): Promise<boolean> {
    const { reader } = await this.#call(REQUEST.QUIT, [], () => undefined);
    if (reader.type !== EVENT.ERROR) return true;
    if (reader.u32() === EBUSY) return false;
    throw new ShimError('SHIM_KEEPER_PROTOCOL', 'keeper: quit failed');
  }

  #call(type: number, fds: readonly number[], body: (packet: PacketWriter) => void): Promise<Reply> {
    const request = this.#next;
    this.#next = request === 0xffffffff ? 1 : request + 1;
    const packet = new PacketWriter(type, request);
    body(packet);
    if (this.#socket.gone) return Promise.reject(new ShimError('SHIM_UNAVAILABLE', 'the keeper has gone'));
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { resolve, reject });
      this.#send(packet, fds);
    });
  }

  #send(writer: PacketWriter, fds: readonly number[]): void {
    const packet = writer.bytes();
    if (packet.length > PACKET_BYTES) {
      this.#fail(packet.readUInt32LE(4), new ShimError('SHIM_INVALID_ARGUMENT', 'a command line over 64 KiB'));
      return;
    }
    this.#socket.send(packet, fds);
  }

  #fail(request: number, error: Error): void {
    this.#pending.get(request)?.reject(error);
    this.#pending.delete(request);
  }

  #lost(): void {
    for (const request of [...this.#pending.keys()]) {
      this.#fail(request, new ShimError('SHIM_UNAVAILABLE', 'the keeper has gone'));
    }
    this.onLost();
  }

  #dispatch(reader: PacketReader, fds: readonly number[]): void {
    switch (reader.type) {
      case EVENT.WELCOME:
        return this.#onWelcome(reader);
      case EVENT.CHILD:
        this.#welcome?.children.push({ pid: reader.u32(), startTime: reader.u64(), tag: reader.str() });
        return;
      case EVENT.HELD:
        this.#welcome?.held.add(reader.str());
        return;
      case EVENT.READY:
        return this.#onReady();
      case EVENT.EXITED:
        return this.#onExited(reader);
      case EVENT.RELAYED:
        return this.#onRelayed(reader, fds);
      default:
        return this.#onReply(reader, fds);
    }
  }

  #onWelcome(reader: PacketReader): void {
    const head = readWelcome(reader);
    if (head.version === this.#version) this.#welcome = { ...head, children: [], held: new Set(), exits: this.#exits };
    else {
      const message = `the keeper speaks version ${head.version}, not ${this.#version}`;
      this.#fail(0, new ShimError('SHIM_KEEPER_PROTOCOL', message));
    }
  }

  #onReply(reader: PacketReader, fds: readonly number[]): void {
    const pending = this.#pending.get(reader.request);
    this.#pending.delete(reader.request);
    pending?.resolve({ reader, fds });
  }

  #onReady(): void {
    const welcome = this.#welcome;
    this.#welcome = undefined;
    this.#pending.delete(0);
    if (welcome !== undefined) this.#ready?.(welcome);
  }

  #onRelayed(reader: PacketReader, fds: readonly number[]): void {
    const [id, listener, fd] = [reader.u64(), reader.str(), fds[0]];
    if (fd === undefined)
      throw new ShimError('SHIM_KEEPER_PROTOCOL', `keeper: connection ${id} came without its socket`);
    if (Array.isArray(this.#relayed)) this.#relayed.push({ id, listener, fd });
    else this.#relayed({ id, listener, fd });
  }

  #onExited(reader: PacketReader): void {
    const seq = reader.u64();
    const exit = {
      seq,
      pid: reader.u32(),
      startTime: reader.u64(),
      waitStatus: reader.u32(),
      time: reader.u64(),
      tag: reader.str(),
    };
    this.onExit(exit);
  }
}

function failure(what: string, reader: PacketReader): ShimError {
  return new ShimError('SHIM_KEEPER_PROTOCOL', `keeper: ${what}: errno ${reader.u32()} at ${reader.str()}`);
}
