import { Socket } from 'node:net';

/** The write end of a process's stdin. */
export class StdinPipe {
  readonly #socket: Socket;
  #open = true;

  /** Owns `fd`. */
  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: false, writable: true });
    // EPIPE: the process has closed its stdin. What it does not read is discarded, as a pipe would.
    this.#socket.on('error', () => this.close());
  }

  /** Resolves when the pipe has taken the bytes, or when it is closed. */
  write(bytes: Buffer): Promise<void> {
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Lets what was written before go first. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.end(() => this.#socket.destroy());
  }

  /** Closes at once: shimd lets go of the pipe, which the keeper still holds open. */
  release(): void {
    this.#open = false;
    this.#socket.destroy();
  }
}
