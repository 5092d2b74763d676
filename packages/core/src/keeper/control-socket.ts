import { native, type ReceivedMessage } from '@holdfast/native';
import { PACKET_BYTES } from './messages.js';

interface Listener {
  onPacket(packet: Buffer, fds: readonly number[]): void;
  /** Once: the keeper has closed its end. */
  onGone(): void;
}

/** Packets to and from the keeper, with descriptors. Sending never waits: what does not fit goes later, in order. */
export class ControlSocket {
  readonly #buffer = Buffer.allocUnsafe(PACKET_BYTES);
  readonly #outbox: { packet: Buffer; fds: readonly number[] }[] = [];
  readonly #reading = new native.Poller((_token, _readable, _writable) => this.#receive());
  #writing: InstanceType<typeof native.Poller> | undefined;
  #gone = false;

  constructor(
    private readonly fd: number,
    private readonly listener: Listener,
  ) {}

  get gone(): boolean {
    return this.#gone;
  }

  /** From now on packets are received. */
  open(): void {
    this.#reading.add(this.fd, 0);
  }

  send(packet: Buffer, fds: readonly number[]): void {
    this.#outbox.push({ packet, fds });
    this.#flush();
  }

  #flush(): void {
    for (let next = this.#outbox[0]; next !== undefined; next = this.#outbox[0]) {
      if (!this.#sent(next.packet, next.fds)) return this.#waitWritable();
      this.#outbox.shift();
    }
    this.#writing?.close();
    this.#writing = undefined;
  }

  /** A keeper that has gone takes nothing; reading tells of it. */
  #sent(packet: Buffer, fds: readonly number[]): boolean {
    try {
      return native.send(this.fd, packet, fds);
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  }

  #waitWritable(): void {
    if (this.#writing !== undefined) return;
    this.#writing = new native.Poller(() => this.#flush());
    this.#writing.add(this.fd, 0, true);
  }

  #receive(): void {
    for (;;) {
      const message = this.#read();
      if (message === undefined) return;
      if (message === 'gone') return this.#lost();
      // The buffer is reused: a reply is read only after this turn.
      this.listener.onPacket(Buffer.from(this.#buffer.subarray(0, message.length)), message.fds);
    }
  }

  #read(): ReceivedMessage | 'gone' | undefined {
    try {
      const message = native.receive(this.fd, this.#buffer);
      return message?.length === 0 ? 'gone' : message;
    } catch (error) {
      // It died with requests that it had not read.
      if (isGone(error)) return 'gone';
      throw error;
    }
  }

  #lost(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#reading.close();
    this.#writing?.close();
    this.listener.onGone();
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
