import { closeSync, readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { openDirectoryBelow, withDirectory, type OpenDirectory } from '../client/open-below.js';
import { checkPrivate, openRoot } from '../client/state-root.js';
import { isIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';

/** Opens a directory below the root; undefined if there is none. Throws SHIM_STATE_INSECURE. The caller closes it. */
export function openStateDirectory(layout: StateLayout, path: string): OpenDirectory | undefined {
  let directory = openRoot(layout.root);
  for (const name of relative(layout.root, path).split(sep)) {
    if (directory === undefined) return undefined;
    const above: OpenDirectory = directory;
    try {
      directory = checkPrivate(openDirectoryBelow(above, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      directory = undefined;
    } finally {
      closeSync(above.fd);
    }
  }
  return directory;
}

/** Names of the groups that have a directory. Throws SHIM_STATE_INSECURE. */
export function listGroups(layout: StateLayout): string[] {
  const groups = openStateDirectory(layout, layout.groups);
  if (groups === undefined) return [];
  const entries = withDirectory(groups, ({ fd }) => readdirSync(`/proc/self/fd/${fd}`, { withFileTypes: true }));
  return entries.flatMap((entry) => (entry.isDirectory() && isIdentifier(entry.name) ? [entry.name] : [])).sort();
}
