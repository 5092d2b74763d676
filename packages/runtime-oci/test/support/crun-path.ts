import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const UNIFIED = '/sys/fs/cgroup/unified';

/**
 * crun refuses hosts with hybrid cgroups, where cgroup v2 is mounted beside the v1 controllers.
 * There, a wrapper hides v2 in a mount namespace of crun's own.
 */
const WRAPPER = `#!/bin/sh
exec unshare --mount sh -c 'mount --make-rprivate / && umount ${UNIFIED} && exec crun "$@"' sh "$@"
`;

/** True if cgroup v2 is mounted beside v1. */
export async function isHybrid(): Promise<boolean> {
  return (await readFile('/proc/self/mounts', 'utf8')).includes(` ${UNIFIED} cgroup2 `);
}

/** A path of crun that works on this host; a wrapper is put into `directory` if one is needed. */
export async function crunPath(directory: string): Promise<string> {
  if (!(await isHybrid())) return 'crun';
  const path = join(directory, 'crun');
  await writeFile(path, WRAPPER, { mode: 0o755 });
  return path;
}
