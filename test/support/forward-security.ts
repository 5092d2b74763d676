import { createHash, randomBytes } from 'node:crypto';
import { textOf, type Msgpack } from './strict-msgpack.js';

/** What a receiver of the forward protocol asks for. */
export interface ForwardSecurity {
  readonly sharedKey: string;
  readonly user?: { readonly name: string; readonly password: string };
  /** False: one chunk a connection. */
  readonly keepalive?: boolean;
  /** Whether it can prove that it knows the key itself. */
  readonly impostor?: boolean;
}

const HOSTNAME = 'receiver.test';
const fixed = (text: string): Buffer => Buffer.concat([Buffer.of(0xa0 | text.length), Buffer.from(text)]);
const bin = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(0xc4, bytes.length), bytes]);
const str8 = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(0xd9, bytes.length), bytes]);
const digest = (...parts: readonly (string | Buffer)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest('hex');

/** The receiver's side of a handshake. */
export class ReceiverHandshake {
  private readonly nonce = randomBytes(16);
  private readonly auth: Buffer;

  constructor(private readonly security: ForwardSecurity) {
    this.auth = security.user === undefined ? Buffer.alloc(0) : randomBytes(16);
  }

  /** Fluent Bit sends its nonce as str, Fluentd as bin: here is one of each. */
  helo(): Buffer {
    const keepalive = Buffer.of(this.security.keepalive === false ? 0xc2 : 0xc3);
    const options = [fixed('nonce'), str8(this.nonce), fixed('auth'), bin(this.auth), fixed('keepalive'), keepalive];
    return Buffer.concat([Buffer.of(0x92), fixed('HELO'), Buffer.of(0x83), ...options]);
  }

  /** The answer to a PING, and whether the connection may go on. Throws if it is no PING. */
  pong(message: Msgpack): { readonly bytes: Buffer; readonly accepted: boolean } {
    if (!Array.isArray(message) || message.length !== 6) throw new Error('a PING has six parts');
    const [name, hostname, salt, proof, user, password] = (message as readonly Msgpack[]).map(textOf);
    if (name !== 'PING') throw new Error(`${name} is no PING`);
    const { sharedKey, impostor } = this.security;
    const knowsKey = proof === digest(salt!, hostname!, this.nonce, sharedKey);
    const accepted = knowsKey && this.#knowsUser(user!, password!);
    const own = digest(salt!, HOSTNAME, this.nonce, impostor === true ? 'other' : sharedKey);
    const reason = knowsKey ? 'username/password mismatch' : 'shared_key mismatch';
    const end = accepted
      ? [Buffer.of(0xc3), fixed(''), fixed(HOSTNAME), str8(Buffer.from(own))]
      : [Buffer.of(0xc2), fixed(reason), fixed(''), fixed('')];
    return { bytes: Buffer.concat([Buffer.of(0x95), fixed('PONG'), ...end]), accepted };
  }

  #knowsUser(name: string, proof: string): boolean {
    const { user } = this.security;
    if (user === undefined) return name === '' && proof === '';
    return name === user.name && proof === digest(this.auth, user.name, user.password);
  }
}
