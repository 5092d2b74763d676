import type { ContainerRef } from '../api/documents.js';

/** Names a container of this shim, in maps. */
export function containerKey({ namespace, id }: ContainerRef): string {
  return `${namespace}/${id}`;
}
