import type { Bundle } from './read-bundle.js';

/** What a front end says of a container whose bundle is none of the shim's business, and need hold no config.json. */
export interface GivenContainer {
  readonly terminal: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** False: its processes can outlive its init. */
  readonly ownPidNamespace: boolean;
}

/** Stands for such a bundle: nothing of it is derived, and all that is recorded of it is what was said. */
export function givenBundle(directory: string, given: GivenContainer): Bundle {
  const { terminal, annotations, ownPidNamespace } = given;
  const linux = { cgroupsPath: directory, namespaces: ownPidNamespace ? [{ type: 'pid' }] : [] };
  const spec = { process: { terminal, args: [], cwd: '/' }, root: { path: directory }, annotations, linux };
  return { directory, spec, rootfs: directory };
}
