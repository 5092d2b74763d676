import { basename } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import { describeEnd } from '../reaper/exit-status.js';
import { readProcess } from '../reaper/process-identity.js';
import type { StateLayout } from '../state/layout.js';
import { openDirectory, readFileBelow, withDirectory } from './open-below.js';

/** So many deaths in a row are a loop. */
const LOOP_DEATHS = 5;
/** What is tried again so soon is waited for: it may be the one that lives. */
const SOON_MS = 500;
const MOST_BYTES = 4096;

/** What a group's keeper tells of a shimd that dies soon after its start: docs/keeper-protocol.md. Times are milliseconds since the epoch. */
export interface Crashes {
  readonly keeper: number;
  /** In a row. */
  readonly deaths: number;
  readonly since: number;
  readonly lastAt: number;
  /** As waitpid(2) gives it. */
  readonly lastStatus: number;
  readonly nextAt: number;
  /** A shimd serves now; it may die as the others did. */
  readonly serving: boolean;
}

/** Undefined if there were none, if nobody tells, and for what a keeper left that has gone. Never throws. */
export function readCrashes(layout: StateLayout, group: string): Crashes | undefined {
  try {
    const directory = openDirectory(layout.group(group));
    const bytes = withDirectory(directory, (open) => {
      return readFileBelow(open, basename(layout.groupCrashes(group)), MOST_BYTES);
    });
    return checked(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

const NUMBERS = ['keeper', 'deaths', 'since', 'lastAt', 'lastStatus', 'nextAt'] as const;

function checked(value: unknown): Crashes | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const crashes = value as Crashes & { readonly schema: unknown; readonly keeperStart: unknown };
  if (crashes.schema !== 1 || typeof crashes.serving !== 'boolean') return undefined;
  if (!NUMBERS.every((name) => Number.isSafeInteger(crashes[name]) && crashes[name] >= 0)) return undefined;
  return readProcess(crashes.keeper)?.startTime.toString() === crashes.keeperStart ? crashes : undefined;
}

/** True if its shimd dies again and again, and none serves now. */
export function isLoop({ deaths, serving }: Crashes): boolean {
  return deaths >= LOOP_DEATHS && !serving;
}

/** `7 times in a row since T; the last one exited with 1 at T`. */
export function describeCrashes({ deaths, since, lastAt, lastStatus }: Crashes): string {
  const times = `${deaths} times in a row since ${iso(since)}`;
  return `${times}; the last one ${describeEnd(lastStatus)} at ${iso(lastAt)}`;
}

/** SHIM_CRASH_LOOP if the group is in one, and between two tries: what is known in one line, and the last words of its log in those below. */
export function crashLoop(
  layout: StateLayout,
  group: string,
  lastWords: () => string = () => '',
): ShimError | undefined {
  const crashes = readCrashes(layout, group);
  if (crashes === undefined || !isLoop(crashes) || crashes.nextAt - Date.now() < SOON_MS) return undefined;
  const message = `shimd of group ${group} has died ${describeCrashes(crashes)}, and is tried again at ${iso(crashes.nextAt)}`;
  const words = lastWords();
  const whole = words === '' ? message : `${message}\nIts log ends with:\n${words}`;
  return new ShimError('SHIM_CRASH_LOOP', whole, { where: layout.groupLog(group) });
}

function iso(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}
