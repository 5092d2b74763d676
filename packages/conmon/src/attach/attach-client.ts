import { closeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { AttachClient, EventPoller } from '@holdfast/core';
import { native } from '@holdfast/native';

/** Of output in one packet: podman reads 8193 bytes, and larger ones would be cut off. */
const OUTPUT_BYTES = 8192;
/** podman sends no more at a time. */
const INPUT_BYTES = 32 << 10;
const STREAM = { stdout: 2, stderr: 3 } as const;
/** Packets of input that nobody reads any more; a socket holds some hundred. */
const UNREAD_MOST = 1000;
/** A client that takes nothing for so long keeps the process waiting no longer. */
const STUCK_MS = 60_000;

const input = Buffer.alloc(INPUT_BYTES + 1);
const packet = Buffer.alloc(OUTPUT_BYTES + 1);

/** Two, because one watches a descriptor for one direction. */
export interface Pollers {
  readonly reading: EventPoller;
  readonly writing: EventPoller;
}

/** What a client sends, and that it has gone. */
export interface ClientSide {
  /** Resolves when there is room for more; `taken` hears of each part that the process has. */
  input(bytes: Buffer, taken: (count: number) => void): Promise<void>;
  /** So many bytes of the message that is at hand have been taken, and the rest must wait; 0: none waits. */
  stalled(taken: number): void;
  inputEnded(): void;
  /** Called once. */
  closed(): void;
}

interface Part {
  readonly stream: 2 | 3;
  readonly bytes: Buffer;
  readonly sent: () => void;
}

/** One connection to the attach socket; owns its descriptor. */
export class ConmonClient implements AttachClient {
  /** Output waits for it: none of it is left out. */
  readonly primary = true;
  readonly #waiting: Part[] = [];
  #unwatchInput: (() => void) | undefined;
  #unwatchRoom: (() => void) | undefined;
  #stuck: NodeJS.Timeout | undefined;
  #since = 0;
  #open = true;
  #atEnd = false;
  #inputIsOver = false;
  #left = false;

  constructor(
    readonly fd: number,
    private readonly pollers: Pollers,
    private readonly side: ClientSide,
    /** Bytes of its next message that an earlier shimd has passed on. */
    private passed = 0,
  ) {}

  /** Takes its input. */
  listen(): void {
    this.#unwatchInput = this.pollers.reading.watch(this.fd, (hangup) => this.#receive(hangup));
    this.#receive(false);
  }

  /** Another shimd goes on with it: input stays where it is. Output still goes there while this process lives. */
  leave(): void {
    this.#left = true;
    this.#pause();
  }

  send(stream: 'stdout' | 'stderr', bytes: Buffer): Promise<void> | undefined {
    if (!this.#open) return undefined;
    let at = 0;
    if (this.#waiting.length === 0)
      while (at < bytes.length && this.#sent(STREAM[stream], bytes.subarray(at, at + OUTPUT_BYTES))) at += OUTPUT_BYTES;
    if (!this.#open || at >= bytes.length) return undefined;
    return new Promise((sent) => {
      this.#waiting.push({ stream: STREAM[stream], bytes: Buffer.from(bytes.subarray(at)), sent });
      this.#waitForRoom();
    });
  }

  /** Clients are let go of when it is told elsewhere that the process has ended. */
  exit(): void {
    this.#atEnd = true;
  }

  fail(): void {
    this.close();
  }

  /** Resolves when what it was sent is on its way, or it has gone. */
  flushed(): Promise<void> {
    const last = this.#waiting.at(-1);
    if (!this.#open || last === undefined) return Promise.resolve();
    return new Promise((sent) => this.#waiting.push({ stream: last.stream, bytes: Buffer.alloc(0), sent }));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#stuck);
    this.#unwatchInput?.();
    this.#unwatchRoom?.();
    this.#dropInput();
    closeSync(this.fd);
    for (const { sent } of this.#waiting.splice(0)) sent();
    this.side.closed();
  }

  /** A socket that is closed with something unread resets its peer, which then gets none of what it was sent. */
  #dropInput(): void {
    try {
      for (let count = 0; count < UNREAD_MOST; count += 1) {
        const message = native.receive(this.fd, input);
        if (message === undefined || message.length === 0) return;
        for (const fd of message.fds) closeSync(fd);
      }
    } catch {
      // It has gone.
    }
  }

  /** False: it has to wait, or has gone. */
  #sent(stream: 2 | 3, bytes: Buffer): boolean {
    packet[0] = stream;
    bytes.copy(packet, 1);
    try {
      return native.send(this.fd, packet.subarray(0, bytes.length + 1), []);
    } catch {
      this.#gone();
      return false;
    }
  }

  #waitForRoom(): void {
    if (this.#unwatchRoom !== undefined) return;
    this.#unwatchRoom = this.pollers.writing.watchWritable(this.fd, () => this.#room());
    this.#since = performance.now();
    this.#stuck ??= setTimeout(() => this.#giveUp(), STUCK_MS).unref();
  }

  #room(): void {
    for (let part = this.#waiting[0]; part !== undefined; part = this.#waiting[0]) {
      let at = 0;
      while (at < part.bytes.length && this.#sent(part.stream, part.bytes.subarray(at, at + OUTPUT_BYTES)))
        at += OUTPUT_BYTES;
      if (!this.#open) return;
      if (at > 0) this.#since = performance.now();
      if (at < part.bytes.length) {
        this.#waiting[0] = { ...part, bytes: part.bytes.subarray(at) };
        return;
      }
      this.#waiting.shift();
      part.sent();
    }
    clearTimeout(this.#stuck);
    this.#stuck = undefined;
    this.#unwatchRoom?.();
    this.#unwatchRoom = undefined;
  }

  #giveUp(): void {
    const left = STUCK_MS - (performance.now() - this.#since);
    if (left <= 0) return this.close();
    this.#stuck = setTimeout(() => this.#giveUp(), left).unref();
  }

  #receive(hangup: boolean): void {
    while (this.#open && this.#unwatchInput !== undefined) {
      let message;
      try {
        // It leaves the socket once the process has all of it: a shimd that is killed meanwhile loses none.
        message = receiveNext(this.fd, true);
      } catch {
        return this.#gone();
      }
      if (message === undefined) return;
      closeAll(message.fds);
      if (message.length === 0) return hangup ? this.#gone() : this.#inputEnded();
      this.#pause();
      void this.#pass(Buffer.from(input.subarray(0, message.length)));
    }
  }

  async #pass(message: Buffer): Promise<void> {
    let waits = false;
    const taken = (count: number): void => {
      this.passed += count;
      if (waits && this.passed < message.length) this.side.stalled(this.passed);
    };
    const passing = this.side.input(message.subarray(this.passed), taken);
    waits = this.passed < message.length;
    if (waits && this.passed > 0) this.side.stalled(this.passed);
    await passing.catch(() => undefined);
    if (!this.#open) return;
    if (waits) this.side.stalled(0);
    this.passed = 0;
    closeAll(receiveNext(this.fd, false)?.fds);
    if (!this.#left) this.listen();
  }

  /** It may go on reading. That it does not is told by a hangup. */
  #inputEnded(): void {
    if (this.#atEnd) return this.close();
    if (this.#open && !this.#inputIsOver) this.side.inputEnded();
    this.#inputIsOver = true;
  }

  /** It has closed its end, of which it need have said nothing before. */
  #gone(): void {
    this.#inputEnded();
    this.close();
  }

  #pause(): void {
    this.#unwatchInput?.();
    this.#unwatchInput = undefined;
  }
}

/** The end of a client that has not read everything is said once, before what it has sent. */
function receiveNext(fd: number, peek: boolean): ReturnType<typeof native.receive> {
  try {
    return native.receive(fd, input, peek);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return native.receive(fd, input, peek);
  }
}

function closeAll(fds: readonly number[] = []): void {
  for (const fd of fds) closeSync(fd);
}
