import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { pack } from '../msgpack/pack.js';
import type { Unpacked } from '../msgpack/unpack.js';
import type { Secrets } from '../options/settings.js';
import type { Connection } from './connection.js';
import { Failure, quoted } from './failure.js';

/** What a receiver greets with. */
export interface Helo {
  /** latin1: any bytes. */
  readonly nonce: string;
  /** Salt of the password, latin1; empty if no user is asked for. */
  readonly auth: string;
  /** False: a connection is for one chunk. */
  readonly keepalive: boolean;
}

/** Proves that both sides know the key; resolves to the receiver's greeting. Rejects with EAUTH or EPROTO. */
export async function shakeHands(connection: Connection, secrets: Secrets): Promise<Helo> {
  const helo = heloOf(await connection.next());
  if (helo === undefined) throw new Failure('EPROTO', 'it does not greet with HELO');
  const salt = randomBytes(16).toString('hex');
  await connection.send(ping(helo, salt, secrets));
  checkPong(await connection.next(), salt, helo, secrets);
  return helo;
}

/** Undefined if `message` is none. */
export function heloOf(message: Unpacked): Helo | undefined {
  const [name, options] = listOf(message);
  if (name !== 'HELO' || !(options instanceof Map)) return undefined;
  const { nonce = '', auth = '', keepalive = true } = Object.fromEntries(options as Map<string, Unpacked>);
  return { nonce: textOf(nonce), auth: textOf(auth), keepalive: keepalive !== false };
}

function ping({ nonce, auth }: Helo, salt: string, { sharedKey, username, password }: Secrets): Buffer {
  const self = hostname();
  const proof = digest(salt, Buffer.from(self), latin1(nonce), sharedKey);
  const user = auth === '' ? ['', ''] : [username, digest(latin1(auth), username, password)];
  return pack(['PING', self, salt, proof, ...user]);
}

function checkPong(message: Unpacked, salt: string, { nonce }: Helo, { sharedKey }: Secrets): void {
  const [name, accepted, reason = '', server = '', proof = ''] = listOf(message);
  if (name !== 'PONG') throw new Failure('EPROTO', 'it does not answer PING with PONG');
  if (accepted !== true) throw new Failure('EAUTH', `it refuses the shared key or the user: ${quoted(textOf(reason))}`);
  const expected = digest(salt, latin1(textOf(server)), latin1(nonce), sharedKey);
  if (proof !== expected) throw new Failure('EAUTH', 'it does not know the shared key');
}

function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function listOf(message: Unpacked): readonly Unpacked[] {
  return Array.isArray(message) ? (message as readonly Unpacked[]) : [];
}

function textOf(value: Unpacked): string {
  return typeof value === 'string' ? value : '';
}
