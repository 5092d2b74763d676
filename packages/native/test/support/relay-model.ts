import { writeSync } from 'node:fs';
import { expect } from 'vitest';
import type { KeeperClient } from '../keeper-client.js';
import { FrameSocket } from './frame-socket.js';
import { request, response } from './frames.js';

/** What a run does, one after another. */
export type Step =
  | { readonly kind: 'send' | 'answer'; readonly bytes: number }
  | { readonly kind: 'take' }
  /** shimd is gone, or not yet, when the next HELLO comes. */
  | { readonly kind: 'replace'; readonly alive: boolean };

export interface Call {
  readonly asked: Buffer;
  readonly answered: Buffer;
}

/**
 * A client with calls on streams 1, 3, 5 and so on, and shimds that come and go. It knows what the keeper must do: the next shimd is asked exactly
 * what no shimd before had answered whole, in order, and the client hears each answer once.
 */
export class RelayModel {
  readonly #outgoing: Buffer;
  #sent = 0;
  #shimd!: FrameSocket;
  #fd = -1;
  /** Streams that this shimd has yet to be asked for, in order. */
  #due: number[] = [];
  /** Those that it was asked for and that have no answer in the pair. */
  #taken: number[] = [];
  #answering: { readonly stream: number; left: Buffer } | undefined;
  readonly #answers: number[] = [];

  constructor(
    private readonly keeper: KeeperClient,
    private readonly peer: FrameSocket,
    private readonly calls: readonly Call[],
  ) {
    this.#outgoing = Buffer.concat(calls.map(({ asked }, index) => request(streamOf(index), asked)));
    this.#due = calls.map((_call, index) => streamOf(index));
  }

  async begin(): Promise<void> {
    const { fd } = await this.keeper.relayed();
    this.#fd = fd;
    this.#shimd = FrameSocket.of(fd);
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send':
        return this.#send(step.bytes);
      case 'answer':
        return this.#answer(step.bytes);
      case 'take':
        return this.#take();
      case 'replace':
        return this.#replace(step.alive);
    }
  }

  /** Everything is sent, asked and answered. */
  async finish(): Promise<void> {
    this.#send(this.#outgoing.length);
    while (this.#due.length > 0) await this.#take();
    const rest = this.#taken.map((stream) => this.#response(stream));
    await this.#shimd.send(this.#answering?.left ?? Buffer.alloc(0), ...rest);
    this.#answers.push(...(this.#answering === undefined ? [] : [this.#answering.stream]), ...this.#taken);
    for (const stream of this.#answers) {
      const frame = await this.peer.next();
      expect([frame?.stream, frame?.type]).toEqual([stream, 2]);
      expect(frame?.payload.equals(this.#call(stream).answered)).toBe(true);
    }
    await this.peer.kill();
    await this.#shimd.end();
    expect([this.peer.unread, this.peer.torn, this.#shimd.unread, this.#shimd.torn]).toEqual([[], 0, [], 0]);
  }

  #send(bytes: number): void {
    const piece = this.#outgoing.subarray(this.#sent, this.#sent + bytes);
    this.#sent += piece.length;
    // Without waiting: what shimd does not read yet can fill the socket.
    if (piece.length > 0) this.peer.socket.write(piece);
  }

  /** The request that comes next, if it has been sent whole. */
  async #take(): Promise<void> {
    const [stream] = this.#due;
    if (stream === undefined || this.#sent < this.#endOf(stream)) return;
    const frame = await this.#shimd.next();
    expect([frame?.stream, frame?.type, frame?.flags]).toEqual([stream, 1, 0]);
    expect(frame?.payload.equals(this.#call(stream).asked)).toBe(true);
    this.#due.shift();
    // Answers come out of order.
    if (stream % 4 === 1) this.#taken.push(stream);
    else this.#taken.unshift(stream);
  }

  /** Writes some bytes of the next answer, as many as the pair takes. */
  #answer(bytes: number): void {
    const [stream] = this.#taken;
    if (this.#answering === undefined && stream !== undefined) {
      this.#taken.shift();
      this.#answering = { stream, left: this.#response(stream) };
    }
    const answering = this.#answering;
    if (answering === undefined) return;
    answering.left = answering.left.subarray(write(this.#fd, answering.left.subarray(0, bytes)));
    if (answering.left.length > 0) return;
    this.#answers.push(answering.stream);
    this.#answering = undefined;
  }

  async #replace(alive: boolean): Promise<void> {
    const before = this.#shimd;
    if (!alive) await before.kill();
    await this.keeper.hello(4);
    await this.begin();
    if (alive) await before.end();
    this.#taken = [];
    this.#answering = undefined;
    this.#due = this.calls.map((_call, index) => streamOf(index)).filter((stream) => !this.#answers.includes(stream));
  }

  #call(stream: number): Call {
    return this.calls[(stream - 1) / 2] as Call;
  }

  #response(stream: number): Buffer {
    return response(stream, this.#call(stream).answered);
  }

  /** Where the request ends in all that the client sends. */
  #endOf(stream: number): number {
    const upTo = this.calls.slice(0, (stream - 1) / 2 + 1);
    return upTo.reduce((sum, { asked }) => sum + request(1, asked).length, 0);
  }
}

function streamOf(index: number): number {
  return 2 * index + 1;
}

function write(fd: number, bytes: Buffer): number {
  try {
    return bytes.length === 0 ? 0 : writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
