export { makePlacement, ownHierarchies, placedGroups, removePlacement } from './cgroup-placement.js';
export type { PlacedGroup, Placement } from './cgroup-placement.js';
export { parseHierarchies } from './hierarchies.js';
export type { Hierarchy } from './hierarchies.js';
export { mountNamespaceOf } from './namespace.js';
export type { NamespaceRelation } from './namespace.js';
export { runsUnderSystemd, scopeCommand } from './systemd-scope.js';
