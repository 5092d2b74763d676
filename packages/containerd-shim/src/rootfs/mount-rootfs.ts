import { mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';
import { MS_BIND, MS_RDONLY, MS_REMOUNT, parseMountOptions } from './mount-options.js';
import { joinOptions } from './overlay-options.js';
import { unmountAll } from './unmount-all.js';

/** A mount as containerd asks for it. */
export interface RootfsMount {
  readonly type: string;
  readonly source: string;
  /** Below the root file system; empty: the root itself. */
  readonly target: string;
  readonly options: readonly string[];
}

/** Mounts a task's root file system at `rootfs`, one over the other; on failure nothing of it is left. Rejects with SHIM_IO. */
export async function mountRootfs(mounts: readonly RootfsMount[], rootfs: string): Promise<void> {
  if (mounts.length === 0) return;
  await mkdir(rootfs, { recursive: true, mode: 0o711 });
  try {
    for (const mount of mounts) await mountOne(mount, await targetOf(mount, rootfs));
  } catch (error) {
    await unmountAll(rootfs);
    throw error;
  }
}

async function mountOne({ type, source, options }: RootfsMount, target: string): Promise<void> {
  const { flags, propagation, data: own } = parseMountOptions(options);
  const { data, directory } = joinOptions(type, own);
  const set = (bits: number, text: string): Promise<void> => native.mount(source, target, type, bits, text, directory);
  try {
    await set(flags, data);
    // The kernel takes no other flags of a bind mount in the call that makes it.
    if ((flags & MS_BIND) !== 0 && (flags & MS_RDONLY) !== 0) await set(flags | MS_REMOUNT, '');
    for (const bits of propagation) await set(bits, '');
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new ShimError('SHIM_IO', `${type} ${source} can't be mounted: ${code}`, { where: target, cause });
  }
}

/** What is in an image may be a link that leads out of it. */
async function targetOf({ target }: RootfsMount, rootfs: string): Promise<string> {
  if (target === '' || target === '/') return rootfs;
  const root = await realpath(rootfs);
  const path = join(root, target);
  const real = await realpath(path).catch(() => undefined);
  if (real === path && path.startsWith(root + sep)) return path;
  throw new ShimError('SHIM_IO', `the mount point ${JSON.stringify(target)} is not in the root file system`, {
    where: rootfs,
  });
}
