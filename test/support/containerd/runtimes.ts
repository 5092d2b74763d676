import { findProgram } from '../../../scripts/lib/find-program.mjs';

export const RUNC_V2 = 'io.containerd.runc.v2';
export const HOLDFAST = 'io.containerd.holdfast.v1';

/** The runtimes that every test with containerd runs on. */
export const RUNTIMES = [HOLDFAST] as const;

/** Those of a CRI plugin, by the names of their handlers. */
export const HANDLERS: Readonly<Record<string, string>> = { runc: RUNC_V2, holdfast: HOLDFAST };

/** For what holdfast must do and containerd's own shim does not. */
export function isHoldfast(runtime: string): boolean {
  return runtime === HOLDFAST;
}

/** Tests with containerd run where it is installed. */
export const SKIP = findProgram('containerd') === undefined || findProgram('ctr') === undefined;
export const WHY = SKIP ? ' (skipped: containerd is not installed)' : '';
