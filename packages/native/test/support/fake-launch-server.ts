import { closeSync, fstatSync, readSync } from 'node:fs';
import { native } from '@holdfast/native';
import { until } from './until.js';

export const PACKET = { ACCEPTED: 1, OUT: 2, EXIT: 3, REFUSED: 4 } as const;

/** What version 2 says besides. */
export interface SeenState {
  readonly terminals: number;
  readonly size: readonly [number, number];
  readonly inherited: number;
  readonly attempt: number;
  readonly signals: number;
  readonly program: string;
  readonly token: string;
  readonly printed: readonly [number, number];
  readonly received: readonly [number, number];
  readonly taken: number;
}

/** What version 3 says besides. */
export interface SeenStanding {
  readonly detached: number;
  readonly descriptors: readonly { readonly fd: number; readonly told: number; readonly heard: number }[];
}

/** What a launcher has sent. */
export interface SeenRequest {
  readonly version: number;
  readonly flags: number;
  readonly kind: string;
  readonly id: string;
  readonly umask: number;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly input: Buffer;
  readonly sealed: boolean;
  /** Of version 2. */
  readonly state?: SeenState;
  /** Of version 3. */
  readonly standing?: SeenStanding;
}

/** Speaks to launchers as a test tells it to. */
export class FakeLaunchServer {
  readonly #fd: number;
  readonly #connections: FakeLaunch[] = [];
  #open = true;

  constructor(path: string, mode = 0o600) {
    this.#fd = native.seqpacketListen(path, mode, 64);
  }

  /** The next connection. */
  async next(): Promise<FakeLaunch> {
    let fd: number | undefined;
    await until(() => (fd = accepted(this.#fd)) !== undefined);
    const connection = new FakeLaunch(fd as number);
    this.#connections.push(connection);
    return connection;
  }

  /** The next connection and its request, which is accepted. */
  async nextAccepted(): Promise<[FakeLaunch, SeenRequest]> {
    const connection = await this.next();
    const request = await connection.request();
    connection.accept();
    return [connection, request];
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }
}

export class FakeLaunch {
  #open = true;

  constructor(private readonly fd: number) {}

  async request(): Promise<SeenRequest> {
    const packet = Buffer.alloc(64);
    let message: ReturnType<typeof native.receive>;
    await until(() => (message = native.receive(this.fd, packet)) !== undefined);
    const { length, fds } = message as { length: number; fds: readonly number[] };
    const [file, ...more] = fds;
    if (length !== 12 || file === undefined || more.length > 0 || packet.toString('latin1', 0, 4) !== 'HFLN')
      throw new Error(`no request: ${length} bytes, ${fds.length} descriptors`);
    const version = packet.readUInt16LE(4);
    return { version, flags: packet.readUInt16LE(6), ...readFile(file, packet.readUInt32LE(8), version) };
  }

  accept(): void {
    this.send(packetOf(PACKET.ACCEPTED, 1));
  }

  refuse(): void {
    this.send(packetOf(PACKET.REFUSED, 1));
  }

  print(stream: 1 | 2, offset: number, text: string): void {
    const at = Buffer.alloc(8);
    at.writeBigUInt64LE(BigInt(offset));
    this.send(packetOf(PACKET.OUT, stream, at, Buffer.from(text)));
  }

  exit(code: number): void {
    this.send(packetOf(PACKET.EXIT, code));
  }

  /** The next packet that the launcher says; undefined at its end. */
  async said(): Promise<{ type: number; detail: number; body: Buffer } | undefined> {
    const packet = Buffer.alloc(64 << 10);
    let message: ReturnType<typeof native.receive>;
    await until(() => (message = receivedFrom(this.fd, packet)) !== undefined);
    const { length } = message as { length: number };
    if (length === 0) return undefined;
    const body = Buffer.from(packet.subarray(4, length));
    return { type: packet.readUInt16LE(0), detail: packet.readUInt16LE(2), body };
  }

  /** True if there is something that it has said. */
  get hasSaid(): boolean {
    return native.receive(this.fd, Buffer.alloc(64 << 10), true) !== undefined;
  }

  send(packet: Buffer): void {
    if (!native.send(this.fd, packet, [])) throw new Error('the socket is full');
  }

  /** As {@link print}, when the launcher has made room. */
  async printInTime(stream: 1 | 2, offset: number, text: string): Promise<void> {
    const at = Buffer.alloc(8);
    at.writeBigUInt64LE(BigInt(offset));
    await this.#sendInTime(packetOf(PACKET.OUT, stream, at, Buffer.from(text)));
  }

  /** As {@link exit}, when the launcher has made room. */
  exitInTime(code: number): Promise<void> {
    return this.#sendInTime(packetOf(PACKET.EXIT, code));
  }

  #sendInTime(packet: Buffer): Promise<void> {
    return until(() => native.send(this.fd, packet, []));
  }

  close(): void {
    if (this.#open) closeSync(this.fd);
    this.#open = false;
  }
}

export function packetOf(type: number, detail: number, ...rest: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(type, 0);
  head.writeUInt16LE(detail, 2);
  return Buffer.concat([head, ...rest]);
}

/** A launcher that was killed with something unread resets its connection. */
function receivedFrom(fd: number, packet: Buffer): ReturnType<typeof native.receive> {
  try {
    return native.receive(fd, packet);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return { length: 0, fds: [] };
    throw error;
  }
}

function accepted(listener: number): number | undefined {
  try {
    return native.seqpacketAccept(listener);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function readFile(fd: number, length: number, version: number): Omit<SeenRequest, 'version' | 'flags'> {
  const sealed = native.isSealed(fd);
  const bytes = Buffer.alloc(length);
  if (fstatSync(fd).size !== length || readSync(fd, bytes, 0, length, 0) !== length) throw new Error('a wrong length');
  closeSync(fd);
  let at = 0;
  const take = (count: number): Buffer => bytes.subarray(at, (at += count));
  const u32 = (): number => take(4).readUInt32LE();
  const u64 = (): number => Number(take(8).readBigUInt64LE());
  const text = (): string => take(u32()).toString();
  const texts = (): string[] => Array.from({ length: u32() }, text);
  const kind = text();
  const id = take(16).toString('hex');
  const request = { kind, id, umask: u32(), cwd: text(), argv: texts(), env: texts(), input: take(u32()), sealed };
  const state = version >= 2 ? readState({ u32, text, u64 }) : undefined;
  const standing = version >= 3 ? readStanding(u32) : undefined;
  if (at !== length) throw new Error(`${length - at} bytes too many`);
  return { ...request, ...(state && { state }), ...(standing && { standing }) };
}

function readStanding(u32: () => number): SeenStanding {
  const detached = u32();
  const descriptors = Array.from({ length: u32() }, () => ({ fd: u32(), told: u32(), heard: u32() }));
  return { detached, descriptors };
}

interface Reading {
  u32(): number;
  u64(): number;
  text(): string;
}

function readState({ u32, u64, text }: Reading): SeenState {
  const terminals = u32();
  const size = [u32(), u32()] as const;
  const [inherited, attempt, signals] = [u32(), u32(), u32()];
  const [program, token] = [text(), text()];
  const [printedOut, receivedOut, printedErr, receivedErr, taken] = [u64(), u64(), u64(), u64(), u64()];
  const offsets = { printed: [printedOut, printedErr], received: [receivedOut, receivedErr], taken } as const;
  return { terminals, size, inherited, attempt, signals, program, token, ...offsets };
}
