/**
 * Absolute paths of the cgroups that a container's init was created in. What init shares with the whole host (the root of a
 * hierarchy) is left out.
 */
export interface ContainerCgroups {
  /** By v1 controller: `memory`, `cpuacct`, … */
  readonly v1: Readonly<Record<string, string>>;
  /** Null if v2 is not mounted. */
  readonly v2: string | null;
}

/** Tells where a process is. */
export type LocateCgroups = (pid: number) => ContainerCgroups | undefined;
