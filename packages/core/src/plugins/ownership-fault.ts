import type { PathStep } from './walk-path.js';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** How somebody but root and the user of this process could change what a path leads to. */
export interface OwnershipFault {
  readonly path: string;
  /** `owner`: it is another user's. `mode`: others may write it. */
  readonly kind: 'owner' | 'mode';
  /** What follows the path in a message. */
  readonly what: string;
  /** The command that mends it. */
  readonly remedy: string;
}

/** The first fault on the way, if there is any. */
export function ownershipFault(steps: readonly PathStep[]): OwnershipFault | undefined {
  for (const step of steps) {
    const fault = faultOf(step);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOf({ path, stats }: PathStep): OwnershipFault | undefined {
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    const chown = stats.isSymbolicLink() ? 'chown -h root' : 'chown root';
    return { path, kind: 'owner', what: `belongs to the user ${stats.uid}`, remedy: `${chown} ${path}` };
  }
  if (stats.isSymbolicLink() || (stats.mode & WRITABLE_BY_OTHERS) === 0) return undefined;
  // In a sticky directory only the owner of an entry can replace it, and every entry on the way is checked.
  if (stats.isDirectory() && (stats.mode & STICKY) !== 0) return undefined;
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const what = `is writable by its group or by others (mode ${mode})`;
  return { path, kind: 'mode', what, remedy: `chmod go-w ${path}` };
}
