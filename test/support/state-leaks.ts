import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { until } from './until.js';

/** What docs/architecture.md says is there without containers: directories, and a group's own files. */
const STAYS =
  /^(runtime|ns|s|c|l|groups)$|^(runtime|ns|groups)\/[^/]+$|^groups\/[^/]+\/(lock|shimd\.log|events\.ndjson|settings\.json|terminals\.json|crashes\.json|start\.json|scratch)(\.[0-9]+)?$/;

/** Fails if a state root without containers and shims holds more than it should, such as FIFOs and sockets. */
export function expectNoState(root: string): void {
  const left = filesBelow(root).map((path) => relative(root, path));
  const surplus = left.filter((path) => !STAYS.test(path));
  if (surplus.length > 0) throw new Error(`left in ${root}: ${surplus.join(', ')}`);
}

/** Fails if something is left of logs of deleted containers. */
export function expectNoLogs(logRoot: string): void {
  const left = filesBelow(logRoot);
  if (left.length > 0) throw new Error(`logs left: ${left.join(', ')}`);
}

/** Fails unless the cgroups of this root, which have its tag in their names, are gone soon in every hierarchy. */
export async function expectNoCgroups(root: string): Promise<void> {
  const tag = `@${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  const left = (): string[] => mountPoints().flatMap((mount) => cgroupsOf(mount, tag));
  await until(`the end of ${left().join(', ')}`, () => left().length === 0, 5_000);
}

function cgroupsOf(mount: string, tag: string): string[] {
  const parents = ['holdfast', 'holdfast.keepers'].map((name) => join(mount, name)).filter((path) => existsSync(path));
  return parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.endsWith(tag))
      .map((name) => join(parent, name)),
  );
}

function mountPoints(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.flatMap((line) => (/ cgroup2? /.test(line) ? [line.split(' ')[1] as string] : []));
}

function filesBelow(directory: string): string[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true }).map(({ parentPath, name }) =>
    join(parentPath, name),
  );
}
