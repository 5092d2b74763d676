import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const UNIFIED = '/sys/fs/cgroup/unified';

/** crun refuses a host with cgroup v2 mounted beside v1; there a wrapper hides v2 in a mount namespace of crun's own. */
const HIDE_V2 = `#!/bin/sh
exec unshare --mount sh -c 'mount --make-rprivate / && umount ${UNIFIED} && exec crun "$@"' sh "$@"
`;

/** The runtimes that every end-to-end test runs on. */
export const RUNTIMES = ['runc', 'crun'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** The config's "runtimes" entry for a real runtime on this host. */
export function runtimeConfig(name: RuntimeName, directory: string): object {
  return { [name]: { options: { path: name === 'crun' && isHybrid() ? wrapper(directory) : name } } };
}

/** True if cgroup v2 is mounted beside v1. */
export function isHybrid(): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${UNIFIED} cgroup2 `);
}

function wrapper(directory: string): string {
  const path = join(directory, 'crun');
  writeFileSync(path, HIDE_V2, { mode: 0o755 });
  return path;
}
