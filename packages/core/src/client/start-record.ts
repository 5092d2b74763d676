import { closeSync, constants, existsSync, fchmodSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { isIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { openBelow, readFileBelow, type OpenDirectory } from './open-below.js';

/** What a keeper is started with beside what every keeper gets. */
export interface FrontEndStart {
  /** Modules that its shimd loads; absolute. */
  readonly frontEnds: readonly string[];
  /** Where it listens for launchers. */
  readonly launchSocket?: string | undefined;
}

/** A group's directory, open, whose lock is in hand. */
export interface LockedGroup {
  readonly layout: StateLayout;
  readonly group: string;
  readonly directory: OpenDirectory;
}

interface StartRecord {
  readonly schema: typeof SCHEMA;
  readonly frontEnds: readonly string[];
  readonly launchKind?: string;
}

const SCHEMA = 1;
const MOST_BYTES = 64 << 10;
const MOST_FRONT_ENDS = 16;

/** Whoever starts the group's next keeper, `shimctl` say, may know nothing of front ends. */
export function rememberStart({ layout, group, directory }: LockedGroup, start: FrontEndStart): void {
  const path = below(directory, layout.groupStart(group));
  const { frontEnds, launchSocket } = start;
  const kind = launchSocket === undefined ? {} : { launchKind: basename(launchSocket) };
  const text = JSON.stringify({ schema: SCHEMA, frontEnds, ...kind } satisfies StartRecord);
  // The disk may be full.
  if (textOf(directory, path) === text) return;
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const fd = openBelow(directory, basename(draft), flags);
  try {
    fchmodSync(fd, 0o600);
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

/**
 * What the last keeper with front ends or launchers was started with; nothing if there was none. What can't be used is told and left out: containers
 * go before front ends. Throws SHIM_STATE_INSECURE, SHIM_PERMISSION.
 */
export function recallStart({ layout, group, directory }: LockedGroup, tell: (line: string) => void): FrontEndStart {
  const record = read(directory, layout.groupStart(group), tell);
  const frontEnds = (record?.frontEnds ?? []).filter((path) => {
    if (existsSync(path)) return true;
    tell(`the front end ${path}, which the group had, is not there any more: started without it`);
    return false;
  });
  // Launchers that none of its front ends is left for; those of shimd itself need none.
  const unserved = frontEnds.length === 0 && record !== undefined && record.frontEnds.length > 0;
  const kind = unserved ? undefined : record?.launchKind;
  return { frontEnds, launchSocket: kind === undefined ? undefined : layout.launchSocket(kind) };
}

function read(directory: OpenDirectory, path: string, tell: (line: string) => void): StartRecord | undefined {
  try {
    return checked(JSON.parse(readFileBelow(directory, basename(path), MOST_BYTES).toString('utf8')), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (isShimError(error) && error.code !== 'SHIM_STATE_CORRUPT') throw error;
    tell(`${path} can't be used, and the group is started without front ends: ${(error as Error).message}`);
    return undefined;
  }
}

/** Undefined if it can't be read. */
function textOf(directory: OpenDirectory, path: string): string | undefined {
  try {
    return readFileBelow(directory, basename(path), MOST_BYTES).toString('utf8');
  } catch {
    return undefined;
  }
}

function checked(value: unknown, where: string): StartRecord {
  const { schema, frontEnds, launchKind } = Object(value) as Partial<Record<keyof StartRecord, unknown>>;
  const paths = Array.isArray(frontEnds) && frontEnds.length <= MOST_FRONT_ENDS && frontEnds.every(isPath);
  const kind = launchKind === undefined || (typeof launchKind === 'string' && isIdentifier(launchKind));
  if (schema === SCHEMA && paths && kind) return value as StartRecord;
  throw new ShimError('SHIM_STATE_CORRUPT', 'it is no record of what a keeper was started with', { where });
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && isAbsolute(value) && !value.includes('\0');
}

function below({ fd }: OpenDirectory, path: string): string {
  return `/proc/self/fd/${fd}/${basename(path)}`;
}
