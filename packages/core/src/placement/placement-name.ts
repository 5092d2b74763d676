import { createHash } from 'node:crypto';

/** Parent of every keeper's cgroup, at the top of each hierarchy: nobody's restart kills what is in it. */
export const PLACEMENT_PARENT = 'holdfast.keepers';

/**
 * Name of a group's cgroup: groups of two roots must not share one. `@` keeps it apart from the interface files (a group
 * may be called `cgroup.procs`).
 */
export function placementName(root: string, group: string): string {
  return `${group}@${rootTag(root)}`;
}

/** The group whose cgroup is called `name`, if it is one of this root. */
export function placedGroup(root: string, name: string): string | undefined {
  const end = `@${rootTag(root)}`;
  return name.endsWith(end) ? name.slice(0, -end.length) : undefined;
}

/** Eight hex digits that stand for a root directory. */
export function rootTag(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 8);
}
