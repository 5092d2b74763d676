import type { OciUser } from '../process/resolve-user.js';
import { CAPABILITIES, MASKED_PATHS, MOUNTS, NAMESPACES, READ_ONLY_PATHS } from './sandbox.js';

/** What of a spec can be chosen. */
export interface SpecChoices {
  readonly args: readonly string[];
  /** Each KEY=VALUE. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: OciUser;
  /** Absolute, or relative to the bundle. */
  readonly rootfs: string;
  readonly readOnly: boolean;
  /** Bytes. */
  readonly memory?: number;
}

/**
 * An OCI spec that runs as it is on runc and crun: as `runc spec` writes it, but without a terminal, with a root file system
 * that can be written, and without rlimits, which a host may forbid to raise.
 */
export function defaultSpec(choices: SpecChoices): Record<string, unknown> {
  return {
    ociVersion: '1.0.2',
    process: processOf(choices),
    root: { path: choices.rootfs, readonly: choices.readOnly },
    hostname: 'holdfast',
    mounts: MOUNTS,
    linux: {
      resources: resourcesOf(choices),
      namespaces: NAMESPACES,
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READ_ONLY_PATHS,
    },
  };
}

function processOf({ args, env, cwd, user }: SpecChoices): Record<string, unknown> {
  // Capabilities that a user other than root would only keep as ambient ones are not given to it.
  const granted = user.uid === 0 ? CAPABILITIES : [];
  return {
    terminal: false,
    user,
    args,
    env,
    cwd,
    capabilities: { bounding: CAPABILITIES, effective: granted, permitted: granted },
    noNewPrivileges: true,
  };
}

function resourcesOf({ memory }: SpecChoices): Record<string, unknown> {
  const devices = [{ allow: false, access: 'rwm' }];
  return memory === undefined ? { devices } : { devices, memory: { limit: memory } };
}
