import { readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { native } from '@holdfast/native';
import { ShimError } from '../../plugin/shim-error.js';

/** {@link refusalOf} for a socket of Node's, whose peer must be the user of this process. */
export function checkPeer(socket: Socket): ShimError | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined) return new ShimError('SHIM_PEER_REFUSED', 'the peer has gone');
  return refusalOf(fd, [process.geteuid?.()]);
}

/**
 * The error to refuse a peer with: another user than `users`, or another mount namespace, where the paths of a request would name
 * other files. Undefined if it may stay.
 */
export function refusalOf(fd: number, users: readonly (number | undefined)[]): ShimError | undefined {
  const { pid, uid } = native.peerCredentials(fd);
  if (!users.includes(uid))
    return new ShimError('SHIM_PEER_REFUSED', `the peer runs as uid ${uid}`, { where: `pid ${pid}` });
  const theirs = mountNamespace(String(pid));
  if (theirs === undefined || theirs === mountNamespace('self')) return undefined;
  return new ShimError('SHIM_PEER_REFUSED', 'the peer lives in another mount namespace than the shim', {
    where: `pid ${pid}`,
  });
}

/** Node has no SO_PEERCRED and the like; the descriptor stands on its handle. Undefined once it is closed. */
export function descriptorOf(socket: Socket): number | undefined {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd;
  return fd === undefined || fd < 0 ? undefined : fd;
}

function mountNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
