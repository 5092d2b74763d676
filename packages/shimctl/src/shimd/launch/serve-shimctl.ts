import { statSync } from 'node:fs';
import type {
  Attachables,
  ContainerRef,
  LaunchEnd,
  SchemaValidators,
  ShimService,
  StateLayout,
  StreamedLaunchHandler,
} from '@holdfast/core';

/** What commands in shimd run on. */
export interface ShimctlParts {
  readonly version: string;
  readonly group: string;
  readonly layout: StateLayout;
  readonly service: ShimService;
  readonly attachables: Attachables;
  readonly validators: SchemaValidators;
  readonly has: (ref: ContainerRef) => boolean;
}

/** Runs commands of launchers whose Node program is `program`, as it was when this was called. */
export function serveShimctl(parts: ShimctlParts, program: string): StreamedLaunchHandler {
  const own = markOf(program);
  return async (launch) => {
    // One that runs already goes on with whatever shim has taken over.
    if (!launch.again && (own === '' || launch.program !== own)) launch.refuse('it is of another installation');
    else if (!launch.again && !sharesRoot(launch.pid)) launch.refuse('it has another root directory');
    if (launch.refused) return NOTHING;
    // Evaluated when it is first needed: most shims run no command.
    const { runCommand } = await import('./run-command.js');
    return runCommand(parts, launch);
  };
}

const NOTHING: LaunchEnd = { code: 0, hurried: false };

/** As the launcher tells it: docs/launcher.md. Empty if there is no such file. */
function markOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs].join(':');
  } catch {
    return '';
  }
}

/** In another one, paths would name other files. */
function sharesRoot(pid: number): boolean {
  try {
    const [theirs, ours] = [statSync(`/proc/${pid}/root/`), statSync('/')];
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    return false;
  }
}
