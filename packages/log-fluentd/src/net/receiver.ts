import type { Chunk } from '../chunk/chunk.js';
import type { Unpacked } from '../msgpack/unpack.js';
import type { Settings } from '../options/settings.js';
import { connect } from './connect.js';
import { Connection } from './connection.js';
import { Failure, quoted } from './failure.js';
import { heloOf, shakeHands } from './handshake.js';

/** A connection that chunks can be sent on. */
export class Receiver {
  private constructor(
    private readonly connection: Connection,
    private readonly requestAck: boolean,
    private readonly keepalive: boolean,
  ) {}

  /** Connects and shakes hands. */
  static async connect(settings: Settings, signal: AbortSignal): Promise<Receiver> {
    const { endpoint, tls, secrets, requestAck } = settings;
    const connection = new Connection(await connect(endpoint, tls, signal));
    if (secrets === undefined) return new Receiver(connection, requestAck, true);
    const tooLate = (): void => connection.destroy(new Failure('ETIMEDOUT', 'it does not shake hands'));
    signal.addEventListener('abort', tooLate, { once: true });
    try {
      const { keepalive } = await shakeHands(connection, secrets);
      return new Receiver(connection, requestAck, keepalive);
    } catch (error) {
      connection.destroy(error as Error);
      throw error;
    } finally {
      signal.removeEventListener('abort', tooLate);
    }
  }

  get isUsable(): boolean {
    return this.connection.failure === undefined;
  }

  /** Resolves when the receiver has taken the chunk, or the kernel has if no ack is asked for. One at a time. */
  async send(chunk: Chunk): Promise<void> {
    if (!this.requestAck) refuseHelo(this.connection.taken());
    const sent = this.connection.send(await chunk.encode());
    await (this.requestAck ? Promise.all([sent, this.acked(chunk.id)]) : sent);
    if (!this.keepalive) await this.close(new AbortController().signal);
  }

  close(signal: AbortSignal): Promise<void> {
    return this.connection.close(signal);
  }

  destroy(failure: Error): void {
    this.connection.destroy(failure);
  }

  private async acked(id: string): Promise<void> {
    const answer = await this.connection.next();
    const ack = answer instanceof Map ? (answer as ReadonlyMap<string, Unpacked>).get('ack') : undefined;
    if (ack === id) return;
    refuseHelo(answer);
    const got = typeof ack === 'string' ? `the ack of another chunk: ${quoted(ack)}` : 'something that is no ack';
    throw new Failure('EPROTO', `it sends ${got}`);
  }
}

function refuseHelo(message: Unpacked | undefined): void {
  if (message === undefined || heloOf(message) === undefined) return;
  throw new Failure('EAUTH', 'it asks for a shared key, and "sharedKey" is not given');
}
