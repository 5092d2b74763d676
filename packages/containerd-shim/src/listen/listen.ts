import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';

/** Connections that wait while shimd is started again. */
const BACKLOG = 128;

/** A listening socket at `path`. A file that nobody listens on, left by a keeper that was killed, is replaced. */
export async function listen(path: string): Promise<number> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  try {
    return native.streamListen(path, 0o600, BACKLOG);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  }
  if (await somebodyListens(path)) throw new ShimError('SHIM_IO', `somebody else listens on ${path}`, { where: path });
  rmSync(path, { force: true });
  return native.streamListen(path, 0o600, BACKLOG);
}

export function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
