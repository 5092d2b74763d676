import { writeFileSync } from 'node:fs';
import { ArmedFiles } from './armed-files.js';

/** Replaced by the bundler: true in test builds only, so that the fault points of a released shimd do nothing. */
declare const HOLDFAST_FAULTS: boolean | undefined;

/** The steps at which a test build can die. */
export const FAULT_POINTS = [
  'intent-recorded',
  'create',
  'pid-recorded',
  'start',
  'log-peek',
  'log-write',
  'log-commit',
  'exit-seen',
  'exit-recorded',
  'delete',
  'stop-signalled',
  'kill-signalled',
  'pause-intent',
  'pause',
  'resume-intent',
  'resume',
  'terminal-accepted',
  'terminal-received',
  'terminal-held',
  'terminal-moved',
  'input-taken',
  'forward-tee',
  'forward-splice',
  'forward-input',
  'attached',
  'exec-intent',
  'exec-started',
  'exec-pid-recorded',
  'upgrade-asked',
  'upgrade-offered',
  'upgrade-letting-go',
  'upgrade-on-trial',
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

const enabled = typeof HOLDFAST_FAULTS !== 'undefined' && HOLDFAST_FAULTS;
const plan = enabled ? parsePlan(process.env['HOLDFAST_FAULT']) : undefined;
const directory = enabled ? process.env['HOLDFAST_FAULTS_DIR'] : undefined;
const files = directory === undefined ? undefined : new ArmedFiles(directory);

/** `POINT:HIT:MARKER`: die at the HITth passage of POINT, once: MARKER is written first, and disarms the next shimd. */
function parsePlan(text: string | undefined): { point: string; hits: number; marker: string } | undefined {
  const [point, hits, marker] = text?.split(':') ?? [];
  if (point === undefined || hits === undefined || marker === undefined) return undefined;
  return { point, hits: Number(hits), marker };
}

/** Dies by SIGKILL here if a test asked for it. */
export function faultPoint(point: FaultPoint): void {
  if (files?.strikes(point) === true) process.kill(process.pid, 'SIGKILL');
  if (plan === undefined || plan.point !== point) return;
  plan.hits -= 1;
  if (plan.hits > 0) return;
  try {
    writeFileSync(plan.marker, point, { flag: 'wx' });
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
