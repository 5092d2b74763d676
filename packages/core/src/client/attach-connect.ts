import { request } from 'node:http';
import { FRAME_PROTOCOL } from '../api/frames.js';
import { ShimError } from '../plugin/shim-error.js';
import { readAnswer } from './answer.js';
import { AttachSocket } from './attach-socket.js';
import { ConnectionCut } from './connection-cut.js';
import { explain } from './exchange.js';

export interface UpgradeOptions {
  readonly socketPath: string;
  readonly path: string;
  /** Milliseconds for the answer to the upgrade. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The upgraded connection and what came with the answer's head. The caller owns the socket. Rejects as `exchange` does. */
export function upgrade(options: UpgradeOptions): Promise<{ socket: AttachSocket; head: Buffer }> {
  const { socketPath, path, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const sent = request({
      path,
      headers: { connection: 'Upgrade', upgrade: FRAME_PROTOCOL },
      createConnection: () => new AttachSocket().connect(socketPath),
    });
    const abort = (): void => void sent.destroy(signal?.reason as Error);
    const timer = setTimeout(() => sent.destroy(new ConnectionCut('no answer to the upgrade', true)), timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(signal?.aborted === true ? (signal.reason as Error) : explain(error as Error, socketPath));
    };
    signal?.addEventListener('abort', abort, { once: true });
    sent.on('upgrade', (_response, socket, head) => {
      settle();
      // The relay puts its own listener; until then an error must not be nobody's.
      socket.on('error', () => undefined);
      resolve({ socket: socket as AttachSocket, head });
    });
    sent.on('response', (response) => {
      readAnswer(response, path).then(() => fail(notUpgraded(path)), fail);
    });
    sent.on('error', fail);
    sent.end();
  });
}

function notUpgraded(path: string): ShimError {
  return new ShimError('SHIM_INTERNAL', `shimd did not upgrade the connection to ${FRAME_PROTOCOL}`, { where: path });
}
