import { once } from 'node:events';
import type { Socket } from 'node:net';
import { codeOf, systemError } from '../system-error.js';
import { doneBefore } from './deadline.js';

/** How long a server may take to close its side, once all was sent. */
const GOODBYE_MS = 1_000;
/** A connection on which nothing moves for so long, with bytes to send, leads nowhere: the server's machine was switched off. */
const STUCK_MS = 60_000;
const KEEP_ALIVE_MS = 60_000;

/** A socket that is connected. Nothing is read from it: that the server has gone is seen by its end. */
export class StreamConnection {
  #failure: Error | undefined;
  #isEnding = false;
  #isSuspect = false;

  constructor(
    private readonly socket: Socket,
    lost: (error: unknown) => void,
  ) {
    const fail = (error: Error): void => {
      if (this.#failure !== undefined) return;
      this.#failure = error;
      if (!this.#isEnding || codeOf(error) === 'ECONNRESET') lost(error);
      socket.destroy();
    };
    if (socket.destroyed) this.#failure = socket.errored ?? systemError('EPIPE', 'the connection is closed');
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', fail);
    socket.on('end', () => fail(systemError('EPIPE', 'the server closed the connection')));
    socket.on('close', () => fail(systemError('EPIPE', 'the connection is closed')));
    socket.on('timeout', () => fail(systemError('ETIMEDOUT', `nothing was taken for ${STUCK_MS / 1000} s`)));
    socket.resume();
  }

  /** Why nothing can be sent any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when the kernel has all of `bytes`. */
  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null): void => {
        const failure = this.#failure ?? error;
        if (failure === undefined || failure === null) resolve();
        else reject(failure);
      };
      if (this.#failure !== undefined) settle(undefined);
      // A destroyed socket calls back without an error although bytes were not sent.
      else this.socket.write(bytes, settle);
    });
  }

  /** What was written does not move: some day it is given up. */
  suspect(): void {
    this.#isSuspect = true;
    this.socket.setTimeout(STUCK_MS);
  }

  /** It moved. */
  trust(): void {
    if (this.#isSuspect) this.socket.setTimeout(0);
    this.#isSuspect = false;
  }

  /** Sends the end, and waits for the server's for a while: it has read everything then. */
  async end(deadline: number): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#isEnding = true;
    const closed = once(this.socket, 'close').catch(() => undefined);
    this.socket.end();
    await doneBefore(Math.min(deadline, performance.now() + GOODBYE_MS), closed);
    this.socket.destroy();
  }

  destroy(): void {
    this.#isEnding = true;
    this.socket.destroy();
  }
}
