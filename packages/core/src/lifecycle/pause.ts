import { faultPoint } from '../faults/fault-point.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Runtime } from '../plugin/runtime.js';
import type { ContainerRecords } from '../state/container-records.js';
import { askState } from './ask-state.js';

/** What is paused and resumed. */
export interface Freezable {
  readonly id: string;
  readonly runtime: Runtime;
  readonly records: ContainerRecords;
}

const STEPS = {
  pause: { intent: 'pausing', before: 'running', after: 'paused' },
  resume: { intent: 'resuming', before: 'paused', after: 'running' },
} as const;

/** Pauses or resumes; the caller has checked that it is legal. Rejects with SHIM_UNSUPPORTED and the runtime's errors. */
export async function setFrozen(container: Freezable, operation: 'pause' | 'resume', requestId: string): Promise<void> {
  const { id, runtime, records } = container;
  if (runtime[operation] === undefined) throw unsupported(runtime, operation);
  const { intent, before, after } = STEPS[operation];
  await records.begin(requestId, { phase: intent });
  faultPoint(`${operation}-intent`);
  try {
    await runtime[operation](id);
  } catch (error) {
    // The request is not done: sent again after a restart of shimd, it is tried again.
    await records.update({
      phase: (await frozenPhase(container)) ?? before,
      requests: records.runtime.requests.slice(0, -1),
    });
    throw error;
  }
  faultPoint(operation);
  await records.update({ phase: after });
}

/** What a killed shimd was at, or had done, is carried through; in the end the runtime says what the container is. */
export async function settleFrozen(container: Freezable): Promise<void> {
  const { id, runtime, records } = container;
  const { phase } = records.runtime;
  // The runtime's command may still be under way: this one waits for it, or does what it did not get to.
  if (phase === 'pausing') await runtime.pause?.(id).catch(() => undefined);
  if (phase === 'resuming') await runtime.resume?.(id).catch(() => undefined);
  // Not known: as paused it can be resumed, stopped and deleted.
  const now = (await frozenPhase(container)) ?? 'paused';
  const undone = (phase === 'pausing' && now !== 'paused') || (phase === 'resuming' && now === 'paused');
  await records.update({ phase: now, ...(undone ? { requests: records.runtime.requests.slice(0, -1) } : {}) });
}

/** Lets a container that is to end run, so that signals reach it. What the runtime says against it is no matter. */
export async function thaw({ id, runtime, records }: Freezable): Promise<void> {
  await runtime.resume?.(id).catch(() => undefined);
  const { phase, killing } = records.runtime;
  if (phase !== 'paused' && killing === undefined) return;
  const change = phase === 'paused' ? ({ phase: 'running', killing: undefined } as const) : { killing: undefined };
  // A full disk must not keep it from its end.
  await records.update(change).catch(() => undefined);
}

/** An operation that the runtime does not have. */
export function unsupported(runtime: Runtime, operation: string): ShimError {
  return new ShimError('SHIM_UNSUPPORTED', `the runtime ${runtime.name} cannot ${operation}`, { where: runtime.name });
}

async function frozenPhase({ id, runtime }: Freezable): Promise<'paused' | 'running' | undefined> {
  const state = await askState(runtime, id).catch(() => undefined);
  if (state === undefined) return undefined;
  return state.status === 'paused' ? 'paused' : 'running';
}
