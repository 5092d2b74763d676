import { ShimError, type ErrorCode } from '@holdfast/core/plugin';
import { codeOf, messageOf } from '../system-error.js';

/** What a kind of error says about a receiver, and what to do. */
interface Trouble {
  readonly codes: RegExp;
  readonly what: string;
  readonly remedy: string;
}

const TROUBLES: readonly Trouble[] = [
  {
    codes: /^(ECONNREFUSED|ENOENT)$/,
    what: 'is not there',
    remedy: 'Start it, or correct "address"; its source of type forward says where it listens.',
  },
  {
    codes: /^(ENOTFOUND|EAI_.*)$/,
    what: 'is not known by that name',
    remedy: 'Correct the host in "address", or see why the name is not resolved.',
  },
  {
    codes: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    what: 'does not answer',
    remedy:
      'See whether it is reached and not overloaded, and whether both sides agree on TLS, "sharedKey" and acks ("requestAck").',
  },
  {
    codes: /^(ECONNRESET|EPIPE|ECANCELED)$/,
    what: 'has gone',
    remedy:
      'See why it ended the connection: its own log may say more. Both sides must agree on TLS (tls:// or tcp://).',
  },
  {
    codes: /^EAUTH$/,
    what: 'and the shim do not know each other',
    remedy: 'Correct "sharedKey", "username" and "password", here or in the security section of the receiver.',
  },
  {
    codes: /^(EACCES|EPERM)$/,
    what: 'may not be reached',
    remedy: 'Let root write to the socket (its mode; SELinux, AppArmor).',
  },
  {
    codes: /^(ERR_TLS_.*|ERR_SSL_.*|EPROTO|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/,
    what: 'and the shim do not understand each other',
    remedy:
      'tls:// or tcp:// as the receiver has it, on the port of its forward source; "tlsCa" and "tlsServerName" must fit its certificate.',
  },
];
const OTHER: Trouble = { codes: /./, what: 'fails', remedy: 'The cause says more.' };

/** The error of what could not be done with the receiver at `address`. */
export function receiverError(code: ErrorCode, address: string, cause: unknown): ShimError {
  const { what, remedy } = TROUBLES.find(({ codes }) => codes.test(codeOf(cause) ?? '')) ?? OTHER;
  return new ShimError(code, `the receiver at ${address} ${what}: ${messageOf(cause)}`, {
    where: address,
    remedy,
    cause,
  });
}
