import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FRONT_END_KEYS } from '@holdfast/core/client';

/** Of a container, which it tells of: path of containerd's socket, and of that for events. */
export const ADDRESS_LABEL = 'io.holdfast.containerd.address';
export const TTRPC_LABEL = 'io.holdfast.containerd.ttrpc';

/** Of a containerd that nobody told another. */
export const USUAL_ADDRESS = '/run/containerd/containerd.sock';
/** Where containerd's shims have their sockets; sun_path holds 107 bytes. */
export const SOCKET_DIRECTORY = '/run/containerd/s';

/** A namespace of one containerd. */
export interface ContainerdNamespace {
  /** Path of containerd's socket. */
  readonly address: string;
  readonly namespace: string;
}

/** The namespace that its containers have here: they meet neither `shimctl`'s nor another containerd's. */
export function coreNamespace({ address, namespace }: ContainerdNamespace): string {
  return address === USUAL_ADDRESS ? `containerd-${namespace}` : `containerd-${namespace}-${hash(address).slice(0, 8)}`;
}

/** The namespace of the containerd at `address` that is called so here; undefined if none can be. */
export function containerdNamespace(core: string, address: string): string | undefined {
  const suffix = address === USUAL_ADDRESS ? '' : `-${hash(address).slice(0, 8)}`;
  const namespace = core.slice('containerd-'.length, core.length - suffix.length);
  return namespace !== '' && coreNamespace({ address, namespace }) === core ? namespace : undefined;
}

/** Path of the socket on which its tasks are served for one group. */
export function socketPath({ address, namespace }: ContainerdNamespace, group: string, root: string): string {
  return join(SOCKET_DIRECTORY, hash(`${address}/${namespace}/holdfast/${root}/${group}`));
}

/** What the keeper knows the listener by. */
export function listenerKey({ address, namespace }: ContainerdNamespace): string {
  return `${FRONT_END_KEYS}containerd/${hash(address).slice(0, 16)}/${namespace}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
