import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const UNIFIED = '/sys/fs/cgroup/unified';
const HIDE_V2 = `#!/bin/sh
exec unshare --mount sh -c 'mount --make-rprivate / && umount ${UNIFIED} && exec crun "$@"' sh "$@"
`;

/** crun, or a wrapper in `directory` where it would refuse the host for a cgroup v2 that is mounted beside v1. */
export function crunPath(directory) {
  if (!readFileSync('/proc/self/mounts', 'utf8').includes(` ${UNIFIED} cgroup2 `)) return 'crun';
  const path = join(directory, 'crun');
  writeFileSync(path, HIDE_V2, { mode: 0o755 });
  return path;
}
