import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { onTestFinished } from 'vitest';
import { KeeperLink } from '../../src/keeper/keeper-link.js';
import { EVENT, KEEPER_PROTOCOL_VERSION, PACKET_BYTES } from '../../src/keeper/messages.js';
import { PacketReader, PacketWriter } from '../../src/keeper/wire.js';

export interface Received {
  readonly reader: PacketReader;
  readonly fds: readonly number[];
}

/** The keeper's end of a control socket, whose other end is a {@link KeeperLink}. */
export class KeeperEnd {
  readonly link: KeeperLink;
  lost = 0;
  readonly #fd: number;
  readonly #linkFd: number;
  readonly #queue: Received[] = [];
  #arrived: (() => void) | undefined;
  readonly #poller = new native.Poller(() => this.#receive());
  #open = true;

  constructor({ reads = true } = {}) {
    [this.#linkFd, this.#fd] = native.seqpacketPair();
    this.link = new KeeperLink(this.#linkFd, () => (this.lost += 1));
    if (reads) this.read();
    onTestFinished(() => {
      this.close();
      if (this.lost === 0) closeSync(this.#linkFd);
    });
  }

  /** From now on requests are taken from the socket. */
  read(): void {
    this.#poller.add(this.#fd, 0);
  }

  /** The next request. */
  async next(): Promise<Received> {
    while (this.#queue.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#queue.shift() as Received;
  }

  send(packet: PacketWriter, fds: readonly number[] = []): void {
    if (!native.send(this.#fd, packet.bytes(), fds)) throw new Error('the socket is full');
  }

  reply(to: Received, type: number, fill: (packet: PacketWriter) => void = () => undefined): void {
    const packet = new PacketWriter(type, to.reader.request);
    fill(packet);
    this.send(packet);
  }

  /** Plays the keeper's side of the greeting; `events` go between WELCOME and READY. */
  async greet(events: readonly PacketWriter[] = [], version = KEEPER_PROTOCOL_VERSION): Promise<void> {
    await this.next();
    const welcome = new PacketWriter(EVENT.WELCOME, 0).u32(version).u32(4242).u32(3);
    this.send(version < 2 ? welcome : welcome.u32(1).u32(3).u32(9).str('earlier'));
    for (const event of events) this.send(event);
    this.send(new PacketWriter(EVENT.READY, 0));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.close();
    closeSync(this.#fd);
  }

  #receive(): void {
    const buffer = Buffer.alloc(PACKET_BYTES);
    for (
      let message = native.receive(this.#fd, buffer);
      message !== undefined;
      message = native.receive(this.#fd, buffer)
    ) {
      if (message.length === 0) return;
      this.#queue.push({ reader: new PacketReader(Buffer.from(buffer.subarray(0, message.length))), fds: message.fds });
    }
    this.#arrived?.();
  }
}

export function exited(seq: bigint, pid: number, waitStatus: number): PacketWriter {
  return new PacketWriter(EVENT.EXITED, 0).u64(seq).u32(pid).u64(99n).u32(waitStatus).u64(1_000n).str('tag');
}
