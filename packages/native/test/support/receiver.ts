import { native } from '@holdfast/native';

/** One message of a SEQPACKET socket, copied out. */
export interface Received {
  readonly bytes: Buffer;
  readonly fds: readonly number[];
}

/** Reads a SEQPACKET socket on Node's loop and hands out every message; `undefined` once, at the end. */
export class Receiver {
  readonly #poller: InstanceType<typeof native.Poller>;
  readonly #buffer = Buffer.alloc(70_000);
  #open = true;

  constructor(
    private readonly fd: number,
    private readonly onMessage: (message: Received | undefined) => void,
  ) {
    this.#poller = new native.Poller(() => this.#read());
    this.#poller.add(fd, 0);
  }

  #read(): void {
    while (this.#open) {
      const message = this.#receive();
      if (message === undefined) return;
      const end = message.length === 0 && message.fds.length === 0;
      if (end) this.stop();
      this.onMessage(
        end ? undefined : { bytes: Buffer.from(this.#buffer.subarray(0, message.length)), fds: message.fds },
      );
    }
  }

  #receive(): { readonly length: number; readonly fds: readonly number[] } | undefined {
    try {
      return native.receive(this.fd, this.#buffer);
    } catch (error) {
      // The keeper closed with unread requests in its socket.
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return { length: 0, fds: [] };
      throw error;
    }
  }

  /** Stops reading; the descriptor stays open. */
  stop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.close();
  }
}

/** The next message of a socket. */
export function receiveOne(fd: number): Promise<Received | undefined> {
  return new Promise((resolve) => {
    const receiver = new Receiver(fd, (message) => {
      receiver.stop();
      resolve(message);
    });
  });
}
