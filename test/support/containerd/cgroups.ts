import { readdirSync, readFileSync, rmdirSync, type Dirent } from 'node:fs';
import { dirname, join } from 'node:path';

/** cgroups that containers make, in every hierarchy, whose path names one of `names`. That of a namespace itself stays with containerd. */
export function cgroupsBelow(names: readonly string[]): string[] {
  return allBelow(names).filter((path) => !isNamespaces(path, names));
}

/** Removes what is empty of them, those of the namespaces too. */
export function removeCgroups(names: readonly string[]): void {
  for (const path of allBelow(names).reverse()) {
    try {
      rmdirSync(path);
    } catch {
      // Busy, and told by the census.
    }
  }
}

function allBelow(names: readonly string[]): string[] {
  const parents = hierarchies().flatMap((mount) => directoriesOf(mount));
  const containers = parents.filter((path) => /\/(holdfast|holdfast\.keepers)$/.test(path));
  const candidates = [...parents, ...containers.flatMap((path) => directoriesOf(path))];
  const named = candidates.filter((path) => names.some((name) => lastOf(path).includes(name)));
  return named.flatMap((path) => [path, ...deep(path)]);
}

function isNamespaces(path: string, names: readonly string[]): boolean {
  return hierarchies().some((mount) =>
    names.some((name) => path.startsWith(join(mount, name)) && dirname(path) === mount),
  );
}

function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.flatMap((line) => (/ cgroup2? /.test(line) ? [line.split(' ')[1] as string] : []));
}

function deep(directory: string): string[] {
  return directoriesOf(directory).flatMap((path) => [path, ...deep(path)]);
}

/** None of one that has gone, or goes meanwhile: a shim that leaves removes its own. */
function directoriesOf(directory: string): string[] {
  const entries = readEntries(directory);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function readEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
