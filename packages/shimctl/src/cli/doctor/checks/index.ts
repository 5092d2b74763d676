import type { Check } from '../check.js';
import { checkCapabilities } from './capabilities.js';
import { checkCgroups } from './cgroups.js';
import { checkInstallation } from './installation.js';
import { checkJournald } from './journald.js';
import { checkKernel } from './kernel.js';
import { checkLimits } from './limits.js';
import { checkLogRoot } from './log-root.js';
import { checkRuntimes } from './runtimes.js';
import { checkShims } from './shims.js';
import { checkStaleState } from './stale-state.js';
import { checkStateRoot } from './state-root.js';

/** Every check, in the order in which the findings are told; the name is for one that cannot be made. */
export const CHECKS: Readonly<Record<string, Check>> = {
  installation: checkInstallation,
  permissions: checkCapabilities,
  kernel: checkKernel,
  runtimes: checkRuntimes,
  cgroups: checkCgroups,
  limits: checkLimits,
  state: checkStateRoot,
  logs: checkLogRoot,
  journald: checkJournald,
  containers: checkStaleState,
  shims: checkShims,
};
