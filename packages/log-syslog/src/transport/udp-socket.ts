import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { systemError } from '../system-error.js';
import { doneBefore } from './deadline.js';

/** A connected UDP socket: only such a one is told that nobody listens. */
export class UdpSocket {
  #failure: Error | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('error', (error) => (this.#failure ??= error));
    socket.on('message', () => undefined);
  }

  /** Rejects with the error of the name's lookup, or the system's. */
  static async connect(host: string, port: number, deadline: number): Promise<UdpSocket> {
    const looking = lookup(host);
    looking.catch(() => undefined);
    if (!(await doneBefore(deadline, looking))) throw systemError('ETIMEDOUT', `no answer about the name ${host}`);
    const { address, family } = await looking;
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    try {
      const connected = once(socket, 'connect');
      socket.connect(port, address);
      await connected;
      return new UdpSocket(socket);
    } catch (error) {
      socket.on('error', () => undefined).close();
      throw error;
    }
  }

  /** Rejects with the error of this datagram, or of one before. */
  send(bytes: Buffer, start: number, end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null): void => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      };
      if (this.#failure !== undefined) settle(this.#failure);
      else this.socket.send(bytes, start, end - start, settle);
    });
  }

  close(): void {
    this.socket.close();
  }
}
