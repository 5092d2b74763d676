import { join } from 'node:path';
import type { UnitOptions } from '../api/unit-documents.js';
import { NOTIFY_DIRECTORY, NOTIFY_NAME, NOTIFY_TARGET } from '../notify/notify-paths.js';
import type { OciSpec } from './oci-spec.js';

type Mount = NonNullable<OciSpec['mounts']>[number];

/** What the shim adds to a container's spec because its starter asked for it. */
export interface BundleAdditions {
  /** `NAME=value`, in place of what the spec has under these names. */
  readonly env: readonly string[];
  readonly mounts: readonly Mount[];
  /** In place of the spec's own. */
  readonly cgroupsPath?: string;
  /** In place of what `process.terminal` says. */
  readonly terminal?: boolean;
}

export const NO_ADDITIONS: BundleAdditions = { env: [], mounts: [] };

/** `directory` is the container's state directory, `cgroupsPath` its place below its unit. */
export function additionsOf(options: UnitOptions, directory: string, cgroupsPath: string | undefined): BundleAdditions {
  const { listenFds, notify } = options;
  const env: string[] = [];
  if (listenFds !== undefined) {
    env.push(`LISTEN_FDS=${listenFds.count}`, 'LISTEN_PID=1');
    if (listenFds.names !== undefined) env.push(`LISTEN_FDNAMES=${listenFds.names}`);
  }
  if (notify !== undefined) env.push(`NOTIFY_SOCKET=${NOTIFY_TARGET}/${NOTIFY_NAME}`);
  if (notify?.watchdogUsec !== undefined) env.push(`WATCHDOG_USEC=${notify.watchdogUsec}`);
  const mounts = notify === undefined ? [] : [notifyMount(join(directory, NOTIFY_DIRECTORY))];
  return { env, mounts, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) };
}

/** Read-only: the container may send to the socket, and not fill the state disk. */
function notifyMount(source: string): Mount {
  return {
    destination: NOTIFY_TARGET,
    type: 'bind',
    source,
    options: ['bind', 'ro', 'nosuid', 'nodev', 'noexec'],
  };
}

/** True if there is anything to add. */
export function hasAdditions({ env, mounts, cgroupsPath, terminal }: BundleAdditions): boolean {
  return env.length > 0 || mounts.length > 0 || cgroupsPath !== undefined || terminal !== undefined;
}

/** The spec with them. */
export function addTo(spec: OciSpec, additions: BundleAdditions): OciSpec {
  const names = additions.env.map((variable) => variable.slice(0, variable.indexOf('=') + 1));
  const env = (spec.process.env ?? []).filter((variable) => !names.some((name) => variable.startsWith(name)));
  const type =
    additions.terminal === true && !env.some((variable) => variable.startsWith('TERM=')) ? ['TERM=xterm'] : [];
  const process = {
    ...spec.process,
    ...((additions.env.length > 0 || type.length > 0) && { env: [...env, ...additions.env, ...type] }),
    ...(additions.terminal !== undefined && { terminal: additions.terminal }),
  };
  return {
    ...spec,
    process,
    ...(additions.mounts.length === 0 ? {} : { mounts: [...(spec.mounts ?? []), ...additions.mounts] }),
  };
}
