import { asShimError } from '@holdfast/core/plugin';
import { fail, type Check, type Finding, type Subject } from './check.js';
import type { DoctorSystem } from './system.js';

/** Runs every check at the same time, each for `deadlineMs` at most; the findings come in the order of the checks. */
export async function runChecks(
  checks: Readonly<Record<string, Check>>,
  { system, subject, deadlineMs = 10_000 }: { system: DoctorSystem; subject: Subject; deadlineMs?: number },
): Promise<Finding[]> {
  const findings = Object.entries(checks).map(async ([name, check]) => {
    try {
      return await withDeadline(check(system, subject), deadlineMs);
    } catch (error) {
      return failure(name, error);
    }
  });
  return (await Promise.all(findings)).flat();
}

function failure(name: string, error: unknown): Finding {
  const { code, message, remedy } = asShimError(error);
  if ((error as NodeJS.ErrnoException).code === 'ETIMEDOUT') {
    return fail(name, message, 'Bring that file system back, unmount it, or name a directory elsewhere.');
  }
  const known = code !== 'SHIM_INTERNAL' && code !== 'SHIM_IO';
  return fail(name, message, known ? remedy : 'Find out why this cannot be looked at.');
}

/** Rejects after `ms`; the promise itself goes on. */
export async function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
