import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { EventPoller } from '@holdfast/core';
import { onTestFinished } from 'vitest';

const LARGEST = 64 << 10;
const PATIENCE_MS = 20_000;

/** One end of a SEQPACKET socket: its messages in their order. It is closed with the test. */
export class Packets {
  readonly #poller = new EventPoller();
  readonly #messages: Buffer[] = [];
  readonly #waiting = new Set<() => void>();
  #reading = true;
  #atEnd = false;
  #open = true;

  constructor(readonly fd: number) {
    this.#poller.watch(fd, () => this.#read());
    onTestFinished(() => this.close());
    this.#read();
  }

  /** The next message; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    await this.#when('a message', () => this.#messages.length > 0 || this.#atEnd);
    return this.#messages.shift();
  }

  /** All that is still to come, up to the end. */
  async rest(): Promise<Buffer[]> {
    await this.#when('the end', () => this.#atEnd);
    return this.#messages.splice(0);
  }

  /** Those that have come. */
  get arrived(): readonly Buffer[] {
    return this.#messages;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  send(bytes: string | Buffer): void {
    if (!native.send(this.fd, Buffer.from(bytes), [])) throw new Error('the socket is full');
  }

  /** False: there is no room. */
  trySend(bytes: Buffer): boolean {
    return native.send(this.fd, bytes, []);
  }

  /** Takes nothing more, until it goes on. */
  pause(): void {
    this.#reading = false;
  }

  goOn(): void {
    this.#reading = true;
    this.#read();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.close();
    closeSync(this.fd);
  }

  /** Waits until `is`, which is looked at after each message. */
  async #when(what: string, is: () => boolean): Promise<void> {
    if (is()) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        act();
      };
      const look = (): void => (is() ? settle(resolve) : undefined);
      const said = (): string =>
        this.#messages
          .slice(-3)
          .map((each) => JSON.stringify(each.toString().slice(-200)))
          .join(', ');
      const late = (): void => reject(new Error(`not within ${PATIENCE_MS} ms: ${what}; there came: ${said()}`));
      const timer = setTimeout(() => settle(late), PATIENCE_MS);
      this.#waiting.add(look);
    });
  }

  /** Waits until `is` says that enough has come. Keeps it. */
  async until(is: (messages: readonly Buffer[]) => boolean, what = 'certain messages'): Promise<void> {
    await this.#when(what, () => is(this.#messages));
  }

  #read(): void {
    const buffer = Buffer.alloc(LARGEST);
    while (this.#open && this.#reading && !this.#atEnd) {
      const length = receive(this.fd, buffer);
      if (length === undefined) break;
      if (length === 0) this.#atEnd = true;
      else this.#messages.push(Buffer.from(buffer.subarray(0, length)));
    }
    for (const look of this.#waiting) look();
  }
}

function receive(fd: number, buffer: Buffer): number | undefined {
  try {
    return native.receive(fd, buffer)?.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 0;
    throw error;
  }
}
