import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { containerCgroup } from '../placement/container-cgroups.js';
import type { OciSpec } from './oci-spec.js';
import type { Bundle } from './read-bundle.js';

/**
 * Runtimes place a container without `cgroupsPath` below their caller's cgroup, by its id alone: two namespaces would
 * meet there, and the shim's own cgroup would hold containers. Such a bundle is given to the runtime as a copy of its
 * config.json with an absolute cgroup (docs/adr/0002). Others are used as they are.
 */
export function needsDerivedBundle(bundle: Bundle): boolean {
  return bundle.spec.linux?.cgroupsPath === undefined || bundle.spec.linux.cgroupsPath === '';
}

/** Writes the derived bundle into `directory`. With systemd cgroups the path is `SLICE:PREFIX:NAME`. */
export async function writeDerivedBundle(
  directory: string,
  bundle: Bundle,
  ref: ContainerRef,
  systemd: boolean,
): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  const spec = deriveSpec(bundle, ref, systemd);
  await writeFile(join(directory, 'config.json'), JSON.stringify(spec), { mode: 0o600, flag: 'wx' });
}

/** The spec with its cgroup, and with relative paths that meant the original bundle made absolute. */
export function deriveSpec(bundle: Bundle, ref: ContainerRef, systemd: boolean): OciSpec {
  const { spec, rootfs, directory } = bundle;
  const cgroupsPath = systemd ? `holdfast.slice:${ref.namespace}:${ref.id}` : containerCgroup(ref);
  const mounts = spec.mounts?.map((mount) =>
    isRelativeBind(mount) ? { ...mount, source: resolve(directory, mount.source) } : mount,
  );
  return {
    ...spec,
    root: { ...spec.root, path: rootfs },
    ...(mounts === undefined ? {} : { mounts }),
    linux: { ...spec.linux, cgroupsPath },
  };
}

type Mount = NonNullable<OciSpec['mounts']>[number];

function isRelativeBind(mount: Mount): mount is Mount & { source: string } {
  const bind =
    mount.type === 'bind' || mount.options?.some((option) => option === 'bind' || option === 'rbind') === true;
  return bind && mount.source !== undefined && !mount.source.startsWith('/');
}
