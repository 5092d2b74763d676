import { startFrontEnd } from '@holdfast/core/client';
import { NODE_GROUP as group } from '../groups/choose-group.js';
import { frontEndPath, shimdPath } from './paths.js';

/** Starts the shim of this node's tasks, unless somebody does. Rejects as `startKeeper` does. */
export function startShim(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const files = { frontEnd: frontEndPath(), shimd: shimdPath(environment) };
  return startFrontEnd({ group, kind: 'containerd', ...files }, environment);
}
