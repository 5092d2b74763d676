import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Endpoint } from '../options/address.js';
import type { TlsSettings } from '../options/settings.js';
import { messageOf } from '../system-error.js';
import { Failure } from './failure.js';

/** A receiver that has gone without a word, while nothing is being sent to it, is noticed some 10 s after this. */
const KEEP_ALIVE_MS = 10_000;

/** Connects; rejects with Node's error, or when `signal` says so. */
export async function connect(endpoint: Endpoint, tls: TlsSettings, signal: AbortSignal): Promise<Socket> {
  if (endpoint.kind === 'unix') return established(connectPlain({ path: endpoint.path }), 'connect', signal);
  const { host, port } = endpoint;
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  if (endpoint.kind === 'tcp') return established(connectPlain(options), 'connect', signal);
  const secure = await tlsOptions(host, tls);
  signal.throwIfAborted();
  return established(connectTls({ ...options, ...secure }), 'secureConnect', signal);
}

async function established(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    if (signal.reason instanceof Failure) throw signal.reason;
    if (signal.aborted) throw new Failure('ETIMEDOUT', 'it does not answer', error);
    throw error;
  }
}

/** Files are read for each connection: certificates are renewed. */
async function tlsOptions(
  host: string,
  { ca, cert, key, serverName, verify }: TlsSettings,
): Promise<ConnectionOptions> {
  const name = serverName ?? host;
  return {
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2',
    ...(isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca: await pem(ca) }),
    ...(cert !== undefined && { cert: await pem(cert) }),
    ...(key !== undefined && { key: await pem(key) }),
  };
}

async function pem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Failure('EPROTO', `${path} can't be read: ${messageOf(error)}`, error);
  }
}
