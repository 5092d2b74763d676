import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** True where this user can mount FUSE. */
export const CAN_MOUNT_FUSE = existsSync('/dev/fuse') && process.geteuid?.() === 0;

/** Mounts a file system whose server never answers, as that of a machine which is gone; unmounted after the test. */
export function deadMount(path: string): void {
  mkdirSync(path);
  const server = openSync('/dev/fuse', 'r+');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const mounted = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'dead', path], {
    stdio: ['ignore', 'inherit', 'inherit', server],
  });
  onTestFinished(() => {
    spawnSync('umount', ['-l', path]);
    closeSync(server);
  });
  if (mounted.status !== 0) throw new Error(`mount of ${path}: exit ${mounted.status}`);
}
