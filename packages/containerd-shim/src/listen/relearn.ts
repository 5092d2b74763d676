import type { FrontEndHost } from '@holdfast/core';
import { ADDRESS_LABEL, containerdNamespace, TTRPC_LABEL, USUAL_ADDRESS } from '../names.js';
import { listenerOf, type Listener } from './listener.js';

/** The listeners of the group's containers, as their records tell. Only the next `start` tells the variables of their containerd. */
export async function relearn({ service, layout, group }: FrontEndHost): Promise<Listener[]> {
  const byKey = new Map<string, Listener>();
  for (const { namespace: own, labels } of await service.list()) {
    const address = labels[ADDRESS_LABEL] ?? USUAL_ADDRESS;
    const namespace = containerdNamespace(own, address);
    if (namespace === undefined) continue;
    const details = { ttrpcAddress: labels[TTRPC_LABEL] ?? `${address}.ttrpc`, environment: {} };
    const listener = listenerOf({ address, namespace }, details, { group, root: layout.root });
    byKey.set(listener.key, listener);
  }
  return [...byKey.values()];
}
