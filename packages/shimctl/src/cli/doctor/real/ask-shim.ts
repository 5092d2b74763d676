import { connect } from 'node:net';
import { HttpShimClient } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { withDeadline } from '../run-checks.js';
import type { ShimAnswer } from '../system.js';

const PATIENCE_MS = 4_000;

/** Asks the shim behind a socket; undefined if nobody listens. Starts none. */
export async function askShim(socketPath: string, group: string): Promise<ShimAnswer | undefined> {
  if (!(await listens(socketPath))) return undefined;
  const client = new HttpShimClient({
    group,
    socketPath,
    patienceMs: PATIENCE_MS,
    ensure: () => Promise.reject(new ShimError('SHIM_UNAVAILABLE', 'shimd does not answer', { where: socketPath })),
  });
  try {
    const [version, containers] = await withDeadline(Promise.all([client.version(), client.list()]), PATIENCE_MS);
    return { version, containers };
  } finally {
    client.close();
  }
}

/** A full backlog (EAGAIN) is a listener too. */
function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED'));
  });
}
