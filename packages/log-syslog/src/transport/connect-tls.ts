import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../options/settings.js';
import { systemError } from '../system-error.js';
import { settledSocket } from './settled-socket.js';

/**
 * With TLS 1.3 a client is connected before the server has looked at its certificate. A server that has accepted it sends a
 * ticket; one that sends none is believed after this time.
 */
const VERDICT_MS = 300;

/** Files are read for each connection: a certificate that was renewed is used from the next one on. */
export async function connectTls(
  { host, port }: { readonly host: string; readonly port: number },
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(contents));
  const name = tls.serverName ?? host;
  const options: ConnectionOptions = {
    host,
    port,
    rejectUnauthorized: tls.verify,
    ...(isIP(name) === 0 && { servername: name }),
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
  };
  signal.throwIfAborted();
  const socket = await settledSocket(connect(options), 'secureConnect', signal);
  if (socket.getProtocol() === 'TLSv1.3') await verdict(socket);
  return socket;
}

async function contents(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? undefined : readFile(path);
}

function verdict(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (error?: Error): void => {
      clearTimeout(timer);
      socket.off('session', accepted).off('error', over).off('close', closed);
      // Node calls back while it reads: what is written before it is done with that is told to be written, and is not sent.
      if (error === undefined) setImmediate(resolve);
      else reject(error);
    };
    const accepted = (): void => over();
    const closed = (): void => over(systemError('EPIPE', 'the server closed the connection'));
    const timer = setTimeout(accepted, VERDICT_MS);
    socket.on('session', accepted).on('error', over).on('close', closed);
    // An alert is read like data.
    socket.resume();
  });
}
