import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { FrameParser, type Frame } from './frames.js';

/** An end of a stream of frames: a client, or shimd's end of a pair. */
export class FrameSocket {
  /** Frames that nobody has taken, in order. */
  readonly unread: Frame[] = [];
  readonly #parser = new FrameParser();
  readonly #waiters: ((frame: Frame | undefined) => void)[] = [];
  readonly #closed: Promise<unknown>;
  #over = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (piece: Buffer) => this.#parser.push(piece).forEach((frame) => this.#take(frame)));
    // A peer that leaves what was sent unread resets.
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('close', () => {
      this.#over = true;
      for (const waiter of this.#waiters.splice(0)) waiter(undefined);
    });
  }

  static async connect(path: string): Promise<FrameSocket> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new FrameSocket(socket);
  }

  /** Over a descriptor, which it closes in the end. */
  static of(fd: number): FrameSocket {
    const socket = new Socket({ fd, readable: true, writable: true });
    return new FrameSocket(socket);
  }

  #take(frame: Frame): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.unread.push(frame);
    else waiter(frame);
  }

  /** The next frame; undefined at the end. */
  next(): Promise<Frame | undefined> {
    const frame = this.unread.shift();
    if (frame !== undefined || this.#over) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** The next frame in short: stream, type, payload. */
  async brief(): Promise<readonly [number, number, string] | 'end'> {
    const frame = await this.next();
    return frame === undefined ? 'end' : [frame.stream, frame.type, frame.payload.toString()];
  }

  /** Resolves when the bytes are in the socket. */
  send(...pieces: readonly Buffer[]): Promise<void> {
    return new Promise((resolve) => this.socket.write(Buffer.concat(pieces), () => resolve()));
  }

  /** Bytes of a frame that is not whole. */
  get torn(): number {
    return this.#parser.torn;
  }

  /** Resolves when the peer has closed. */
  async end(): Promise<void> {
    await this.#closed;
  }

  /** As if its process were killed. */
  async kill(): Promise<void> {
    this.socket.destroy();
    await this.#closed;
  }
}
