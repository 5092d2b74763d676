import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { native } from '@holdfast/native';
import { callerCgroup } from '../../placement/caller-cgroup.js';
import { ShimError } from '../../plugin/shim-error.js';
import type { Handed, UnitOptions } from '../unit-documents.js';
import { descriptorOf } from './check-peer.js';
import { takeDescriptor, type Source } from './take-descriptor.js';

type Wish = Pick<UnitOptions, 'preserveFds' | 'withUnit'>;

/**
 * Calls `use` with what a request wants of the process that its connection leads to: HTTP carries no descriptors, so they are copied out
 * of that process, and closed again after the call. Rejects with SHIM_PEER_REFUSED, SHIM_INVALID_ARGUMENT or SHIM_UNSUPPORTED.
 */
export async function withHanded<T>(socket: Socket, wish: Wish, use: (handed: Handed) => Promise<T>): Promise<T> {
  const { preserveFds = [], withUnit } = wish;
  if (preserveFds.length === 0 && withUnit !== true) return use({});
  const descriptors: number[] = [];
  const peer = peerOf(socket);
  try {
    for (const number of preserveFds) descriptors.push(takeDescriptor(peer, number));
    return await use({ descriptors, ...(withUnit === true ? { cgroup: callerCgroup(peer.pid) } : {}) });
  } finally {
    for (const fd of [peer.pidfd, ...descriptors]) closeSync(fd);
  }
}

/** The kernel noted who connected; that process is asked for nothing. */
function peerOf(socket: Socket): Source {
  const fd = descriptorOf(socket);
  if (fd === undefined) throw new ShimError('SHIM_PEER_REFUSED', 'the peer has gone');
  const { pid } = native.peerCredentials(fd);
  try {
    return { pid, pidfd: native.peerPidfd(fd) };
  } catch (cause) {
    throw new ShimError('SHIM_PEER_REFUSED', 'the process that connected has gone', { where: `pid ${pid}`, cause });
  }
}
