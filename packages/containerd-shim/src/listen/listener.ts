import { listenerKey, socketPath, type ContainerdNamespace } from '../names.js';

/** A socket on which tasks of one namespace are served. */
export interface Listener extends ContainerdNamespace {
  readonly key: string;
  readonly path: string;
  /** Path of containerd's socket for events. */
  readonly ttrpcAddress: string;
  /** HOLDFAST_ variables of containerd: they say where its config of ours is. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What containerd tells beside the namespace. */
export type ListenerDetails = Pick<Listener, 'ttrpcAddress' | 'environment'>;

/** Whose listener it is. */
export interface ListenerOwner {
  readonly group: string;
  readonly root: string;
}

/** The one listener that a namespace has in a group. */
export function listenerOf(
  { address, namespace }: ContainerdNamespace,
  { ttrpcAddress, environment }: ListenerDetails,
  { group, root }: ListenerOwner,
): Listener {
  const of = { address, namespace };
  return { key: listenerKey(of), ...of, path: socketPath(of, group, root), ttrpcAddress, environment };
}

/** True for what {@link listenerOf} makes. */
export function isListener(value: unknown, owner: ListenerOwner): value is Listener {
  const found = Object(value) as Partial<Record<keyof Listener, unknown>>;
  const { address, namespace, ttrpcAddress, environment } = found;
  if (!isText(address) || !isText(namespace) || !isText(ttrpcAddress) || !isVariables(environment)) return false;
  const wanted = listenerOf({ address, namespace }, { ttrpcAddress, environment }, owner);
  return found.key === wanted.key && found.path === wanted.path;
}

export function isVariables(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
