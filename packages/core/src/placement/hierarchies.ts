/** A cgroup hierarchy that this process is in, and where it can be reached. */
export interface Hierarchy {
  /** `cpu,cpuacct`, `name=systemd`, …; `v2` for the unified one. */
  readonly name: string;
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  /** Where it is mounted, the mount that shows most of it first. A later mount may hide one of them. */
  readonly mountPoints: readonly string[];
}

/** One mount of a hierarchy. */
export interface CgroupMount {
  /** The cgroup that it shows as its top. */
  readonly root: string;
  readonly mountPoint: string;
  readonly version: 1 | 2;
  readonly options: ReadonlySet<string>;
}

/** Joins /proc/self/cgroup and /proc/self/mountinfo. */
export function parseHierarchies(cgroups: string, mountinfo: string): Hierarchy[] {
  const mounts = parseMounts(mountinfo);
  return cgroups.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):/.exec(line);
    if (match === null) return [];
    const controllers = (match[1] ?? '').split(',').filter((name) => name !== '');
    const version = controllers.length === 0 ? 2 : 1;
    const mountPoints = mounts
      .filter((mount) => mount.version === version && controllers.every((name) => mount.options.has(name)))
      .sort((a, b) => a.root.length - b.root.length)
      .map((mount) => mount.mountPoint);
    return [{ name: version === 2 ? 'v2' : controllers.join(','), version, controllers, mountPoints } as const];
  });
}

/** The cgroup mounts of /proc/PID/mountinfo. */
export function parseMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap(parseMount);
}

/** `36 35 98:0 ROOT MOUNTPOINT OPTIONS [optional…] - TYPE SOURCE SUPEROPTIONS` */
function parseMount(line: string): CgroupMount[] {
  const [left, right] = line.split(' - ');
  const [type, , options] = (right ?? '').split(' ');
  const [, , , root, mountPoint] = (left ?? '').split(' ');
  if ((type !== 'cgroup' && type !== 'cgroup2') || root === undefined || mountPoint === undefined) return [];
  return [
    {
      root: unescape(root),
      mountPoint: unescape(mountPoint),
      version: type === 'cgroup2' ? 2 : 1,
      options: new Set((options ?? '').split(',')),
    },
  ];
}

/** The kernel writes space, tab, newline and backslash as octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
