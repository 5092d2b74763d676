import { ShimError, type ErrorCode } from '@holdfast/core/plugin';
import { codeOf, messageOf } from '../system-error.js';
import type { Address } from '../options/address.js';

/** What a kind of system error says about a server, and what to do. */
interface Trouble {
  readonly codes: RegExp;
  readonly what: string;
  readonly remedy: string;
}

const OTHER_DRIVER = 'or use another log driver, such as --log file';
const TROUBLES: readonly Trouble[] = [
  {
    codes: /^(ENOTFOUND|EAI_.*)$/,
    what: 'cannot be found by its name',
    remedy: 'Correct the host of the address, or mend the name service (getent hosts NAME).',
  },
  {
    codes: /^ECONNREFUSED$/,
    what: 'refuses connections: nobody listens',
    remedy: `Start it, correct the address, ${OTHER_DRIVER}.`,
  },
  {
    codes: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/,
    what: 'cannot be reached',
    remedy: 'Is its machine up, and does a firewall let this one through?',
  },
  {
    codes: /^(ECONNRESET|ECONNABORTED|EPIPE|ENOTCONN|ERR_STREAM_.*)$/,
    what: 'ended the connection',
    remedy: 'Its log says why: TLS where there is none, a certificate, a limit of connections, or a restart.',
  },
  {
    codes: /^(EACCES|EPERM)$/,
    what: 'may not be reached',
    remedy: 'Run the shim as root; a firewall, SELinux or AppArmor may forbid it too, or the mode of a key or socket.',
  },
  {
    codes: /^(EAGAIN|ENOBUFS)$/,
    what: 'takes no messages',
    remedy: 'See why it is slow or stopped; limits.logTimeout says how long to wait.',
  },
  {
    codes: /^(EPROTOTYPE|ENOTSOCK)$/,
    what: 'is another kind of socket',
    remedy: 'unixgram:// is for sockets of datagrams, as /dev/log is, and unix:// for streams.',
  },
  {
    codes: /^(CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    what: 'shows a certificate that is not trusted',
    remedy: 'Give its authority with the option ca, and the name in the certificate with serverName.',
  },
  {
    codes: /^(EPROTO|ERR_SSL_.*|ERR_TLS_.*|ERR_OSSL_.*)$/,
    what: 'and the shim do not agree about TLS',
    remedy: 'Does the server speak TLS at this port, and do ca, cert, key and passphrase belong together?',
  },
];
const NO_FILE: Trouble = {
  codes: /^(ENOENT|EISDIR|ENOTDIR)$/,
  what: 'is not there',
  remedy: `Start the syslog daemon, correct the path, ${OTHER_DRIVER}.`,
};
const NO_PEM: Trouble = {
  codes: NO_FILE.codes,
  what: 'cannot be reached without its certificates',
  remedy: 'Correct the paths ca, cert and key.',
};
const OTHER: Trouble = { codes: /./, what: 'cannot be used', remedy: 'Look into its log.' };

/** The error of a call to a server, from the system's: one table for opening, writing and flushing. */
export function syslogError(
  cause: unknown,
  { code, server, address }: { code: ErrorCode; server: string; address: Address },
): ShimError {
  const table = [...TROUBLES, address.kind === 'tls' ? NO_PEM : NO_FILE];
  const { what, remedy } = table.find(({ codes }) => codes.test(codeOf(cause) ?? '')) ?? OTHER;
  return new ShimError(code, `syslog server ${server} ${what}: ${messageOf(cause)}`, { where: server, remedy, cause });
}
