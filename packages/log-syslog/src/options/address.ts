import { ShimError } from '@holdfast/core/plugin';

/** Where a server listens. */
export type Address =
  | { readonly kind: 'udp' | 'tcp' | 'tls'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix' | 'unixgram'; readonly path: string };

const SCHEMES = ['udp', 'tcp', 'tcp+tls', 'unix', 'unixgram'] as const;
type Scheme = (typeof SCHEMES)[number];

const REMEDY =
  'An address is udp://HOST[:PORT], tcp://HOST[:PORT], tcp+tls://HOST[:PORT], unix:///PATH or unixgram:///PATH.';
/** What else people write. */
const MEANT: Readonly<Record<string, Scheme>> = {
  tls: 'tcp+tls',
  'tcp+ssl': 'tcp+tls',
  tcps: 'tcp+tls',
  file: 'unixgram',
};
const SYSLOG_PORT = 514;
const SYSLOG_TLS_PORT = 6514;
const MOST_PORT = 65_535;
/** sun_path holds 108 bytes, and Node cuts longer ones without a word. */
const PATH_BYTES = 107;

/** Throws SHIM_CONFIG_INVALID. */
export function parseAddress(text: string): Address {
  const at = text.indexOf('://');
  if (at < 0) throw invalid(text, 'it has no scheme, such as tcp://');
  const scheme = schemeOf(text, text.slice(0, at));
  const rest = text.slice(at + 3);
  if (scheme === 'unix' || scheme === 'unixgram') return { kind: scheme, path: pathOf(text, rest) };
  const kind = scheme === 'tcp+tls' ? 'tls' : scheme;
  return { kind, ...hostAndPort(text, rest, kind === 'tls' ? SYSLOG_TLS_PORT : SYSLOG_PORT) };
}

function schemeOf(text: string, written: string): Scheme {
  const scheme = SCHEMES.find((known) => known === written.toLowerCase());
  if (scheme !== undefined) return scheme;
  const meant = MEANT[written.toLowerCase()];
  const hint = meant === undefined ? '' : `; did you mean ${meant}://?`;
  throw invalid(text, `unknown scheme ${JSON.stringify(written)}${hint}`);
}

function pathOf(text: string, path: string): string {
  if (!path.startsWith('/')) throw invalid(text, 'the path of a socket begins with "/"');
  if (path.includes('\0')) throw invalid(text, 'the path of a socket has no NUL');
  const length = Buffer.byteLength(path);
  if (length > PATH_BYTES) throw invalid(text, `the path of a socket has ${PATH_BYTES} bytes at most, not ${length}`);
  return path;
}

function hostAndPort(text: string, rest: string, defaultPort: number): { host: string; port: number } {
  const found = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s/:@?#[\]]+))(?::(.*))?$/u.exec(rest.replace(/\/$/, ''));
  const host = found?.[1] ?? found?.[2];
  if (host === undefined) {
    const v6 = /^[0-9A-Fa-f:]+$/.test(rest) ? '; an IPv6 address stands in brackets: [::1]' : '';
    throw invalid(text, `${JSON.stringify(rest)} is no host with or without port${v6}`);
  }
  const port = found?.[3] === undefined ? defaultPort : Number(found[3]);
  if (!/^[0-9]*$/.test(found?.[3] ?? '') || port < 1 || port > MOST_PORT)
    throw invalid(text, `the port is a number from 1 to ${MOST_PORT}, not ${JSON.stringify(found?.[3])}`);
  return { host, port };
}

function invalid(text: string, what: string): ShimError {
  const message = `address ${JSON.stringify(text)}: ${what}`;
  return new ShimError('SHIM_CONFIG_INVALID', message, { where: 'options.address', remedy: REMEDY });
}
