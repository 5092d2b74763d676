import type { ConfiguredRuntime } from '@holdfast/core/config';
import type { DoctorSystem } from './system.js';

export type Verdict = 'ok' | 'warn' | 'fail';

/** One line of the doctor's. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: `cgroups`, `runtime crun`. */
  readonly name: string;
  readonly found: string;
  /** For warn and fail. */
  readonly remedy?: string;
}

/** What the config says, or the defaults where it can't be read. */
export interface Subject {
  readonly root: string;
  readonly logRoot: string;
  readonly group: string;
  readonly runtimes: readonly ConfiguredRuntime[];
  readonly logs: readonly { readonly driver: string; readonly options: Readonly<Record<string, unknown>> }[];
}

/** Looks at one thing. It may throw: that is told as a failure. */
export type Check = (system: DoctorSystem, subject: Subject) => Promise<Finding | readonly Finding[]>;

export function ok(name: string, found: string): Finding {
  return { verdict: 'ok', name, found };
}

export function warn(name: string, found: string, remedy: string): Finding {
  return { verdict: 'warn', name, found, remedy };
}

export function fail(name: string, found: string, remedy: string): Finding {
  return { verdict: 'fail', name, found, remedy };
}
