import { createHash } from 'node:crypto';
import { coreNamespace, type ContainerdNamespace } from '../names.js';

/** The group that launchers find, and of all tasks of a node unless the config says otherwise. */
export const NODE_GROUP = 'containerd';

/** By these a task says which others it shares a shim with, as with containerd's own shim: the first that is there. */
const ANNOTATIONS = ['io.containerd.runc.v2.group', 'io.kubernetes.cri.sandbox-id'];

/** What containerd takes for an id. */
const PLAIN = /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/;
const MOST_BYTES = 128;

/** A task that is about to be made. */
export interface NewTask extends ContainerdNamespace {
  readonly id: string;
  /** Of its bundle. */
  readonly annotations: Readonly<Record<string, unknown>>;
}

/** The group that is to serve it. With `pod` one without annotations has a shim of its own, as with containerd's own. */
export function groupOf(shimPer: 'node' | 'namespace' | 'pod', task: NewTask): string {
  if (shimPer === 'node') return NODE_GROUP;
  const namespace = coreNamespace(task);
  return shimPer === 'namespace' ? namespace : podGroup(namespace, podOf(task));
}

/** Whether a group may have tasks of containerd, and not been made by somebody for containers of their own. */
export function isTaskGroup(group: string): boolean {
  return group === NODE_GROUP || group.startsWith('containerd-');
}

function podOf({ id, annotations }: NewTask): string {
  const named = ANNOTATIONS.map((name) => annotations[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof named === 'string' ? named : id;
}

/** No namespace and no id has a `+`: no pod's group is a namespace's. An annotation may be anything. */
function podGroup(namespace: string, pod: string): string {
  const plain = `${namespace}+${pod}`;
  if (PLAIN.test(pod) && plain.length <= MOST_BYTES) return plain;
  return `${namespace}++${createHash('sha256').update(pod).digest('hex').slice(0, 16)}`;
}
