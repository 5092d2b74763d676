import { ShimError } from '@holdfast/core/plugin';

/** Where a receiver listens. */
export type Endpoint =
  | { readonly kind: 'tcp' | 'tls'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const DEFAULT_PORT = 24_224;
const LAST_PORT = 65_535;
/** The kernel takes no more, and Node cuts a longer path without a word. */
const UNIX_PATH_BYTES = 107;

/** Throws SHIM_CONFIG_INVALID. */
export function parseAddress(address: string): Endpoint {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(address) ?? [];
  if (scheme === 'unix') return { kind: 'unix', path: unixPath(address, rest) };
  if (scheme !== 'tcp' && scheme !== 'tls') throw invalid(address, `unknown scheme "${scheme}"`);
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]@?#]+))(?::([0-9]+))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw invalid(address, 'no HOST:PORT');
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (port < 1 || port > LAST_PORT) throw invalid(address, `no port: ${port}`);
  return { kind: scheme, host, port };
}

/** As the config may write it. */
export function formatAddress(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix://${endpoint.path}`;
  const { kind, host, port } = endpoint;
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function unixPath(address: string, path: string): string {
  if (!path.startsWith('/') || path.includes('\0')) throw invalid(address, 'a path begins with / (unix:///run/x.sock)');
  if (Buffer.byteLength(path) > UNIX_PATH_BYTES) {
    throw invalid(address, `the path of a socket has at most ${UNIX_PATH_BYTES} bytes`);
  }
  return path;
}

function invalid(address: string, what: string): ShimError {
  return new ShimError('SHIM_CONFIG_INVALID', `address ${JSON.stringify(address)}: ${what}`, {
    where: 'options.address',
    remedy: 'Write HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH; a host of IPv6 in [].',
  });
}
