import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { cgroupNamespace, containerCgroup } from '../placement/container-cgroups.js';
import { addTo, hasAdditions, NO_ADDITIONS, type BundleAdditions } from './additions.js';
import type { OciSpec } from './oci-spec.js';
import type { Bundle } from './read-bundle.js';

/**
 * Runtimes place a container without `cgroupsPath` below their caller's cgroup, by its id alone: two namespaces would
 * meet there, and the shim's own cgroup would hold containers. Such a bundle is given to the runtime as a copy of its
 * config.json with an absolute cgroup (docs/adr/0002), and so is one with additions. Others are used as they are.
 */
export function needsDerivedBundle(bundle: Bundle, additions = NO_ADDITIONS): boolean {
  return hasAdditions(additions) || cgroupOf(bundle.spec) === undefined;
}

/** How a bundle is derived. */
export interface Derivation {
  readonly ref: ContainerRef;
  /** The state root; its cgroups are apart from those of others. */
  readonly root?: string;
  /** With systemd cgroups the path is `SLICE:PREFIX:NAME`. */
  readonly systemd: boolean;
  readonly additions?: BundleAdditions;
}

/** Writes the derived bundle into `directory`. */
export async function writeDerivedBundle(directory: string, bundle: Bundle, derivation: Derivation): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  const spec = deriveSpec(bundle, derivation);
  await writeFile(join(directory, 'config.json'), JSON.stringify(spec), { mode: 0o600, flag: 'wx' });
}

/** The spec with its cgroup, and with relative paths that meant the original bundle made absolute. */
export function deriveSpec(bundle: Bundle, { ref, root, systemd, additions = NO_ADDITIONS }: Derivation): OciSpec {
  const { rootfs, directory } = bundle;
  const spec = addTo(bundle.spec, additions);
  const own = systemd ? systemdCgroup(ref, root) : containerCgroup(ref, root);
  const cgroupsPath = additions.cgroupsPath ?? cgroupOf(spec) ?? own;
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

/** systemd takes a name with `@` for an instance of a template. */
function systemdCgroup({ namespace, id }: ContainerRef, root?: string): string {
  return `holdfast.slice:${root === undefined ? namespace : cgroupNamespace(namespace, root, '-')}:${id}`;
}

function cgroupOf({ linux }: OciSpec): string | undefined {
  return linux?.cgroupsPath === '' ? undefined : linux?.cgroupsPath;
}

type Mount = NonNullable<OciSpec['mounts']>[number];

function isRelativeBind(mount: Mount): mount is Mount & { source: string } {
  const bind =
    mount.type === 'bind' || mount.options?.some((option) => option === 'bind' || option === 'rbind') === true;
  return bind && mount.source !== undefined && !mount.source.startsWith('/');
}
