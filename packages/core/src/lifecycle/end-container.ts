import { constants } from 'node:os';
import type { ExitDocument } from '../api/documents.js';
import type { KillRequest } from '../api/shim-service.js';
import { faultPoint } from '../faults/fault-point.js';
import { within } from '../logging/deadline.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import type { StopRecord } from '../state/container-record.js';
import type { Container } from './container.js';
import { thaw } from './pause.js';
import { refuseBegun } from './request-log.js';
import { checkLegal } from './state-machine.js';

const { SIGABRT, SIGINT, SIGKILL, SIGQUIT, SIGTERM } = constants.signals;
/** Who sends one wants an end; HUP and others often mean something else. */
const ENDING: ReadonlySet<number> = new Set([SIGABRT, SIGINT, SIGKILL, SIGQUIT, SIGTERM]);
/** How long `delete --force` waits for the end of a process that got SIGKILL. */
const KILL_TIMEOUT_MS = 10_000;
/** A process that has not ended so long after SIGKILL may be frozen without our knowing. */
const FROZEN_AFTER_MS = 1_000;

/** What is asked of {@link stopContainer}. */
export type StopOrder = Pick<StopRecord, 'requestId' | 'timeoutMs'>;

/**
 * Sends the stop signal, after `timeoutMs` SIGKILL; resolves when the container is drained. Holds up no other command. An order that
 * an earlier shimd has carried out in part is gone on with: one signal, one deadline.
 */
export async function stopContainer(container: Container, order: StopOrder): Promise<ExitDocument> {
  checkLegal('stop', container.status, container.id);
  if (container.status === 'stopped') return container.drained;
  const { stop } = container.records.runtime;
  const deadline = stop?.requestId === order.requestId ? stop.deadline : await sendStopSignal(container, order);
  if (container.status === 'paused') await thaw(container);
  // The clock may have been set meanwhile.
  const left = Math.min(Math.max(0, deadline - Date.now()), order.timeoutMs);
  container.io.letPass(left);
  if (!(await within(left, container.exited))) await killContainer(container, container.status === 'paused');
  const exit = await container.drained;
  container.events.emit('stop');
  return exit;
}

/** Goes on with the stop that an earlier shimd was at: the client may have gone with it. */
export function resumeStop(container: Container): void {
  const { stop } = container.records.runtime;
  if (stop === undefined || container.status === 'stopped') return;
  // Who asks again learns how it went.
  container.stop(stop).catch(() => undefined);
}

/** Recorded when it has been sent, so that it is: a shimd killed in the moment between sends it again. Returns the deadline. */
async function sendStopSignal(container: Container, { requestId, timeoutMs }: StopOrder): Promise<number> {
  const { records } = container;
  await signalUnlessGone(container, records.request.stopSignal, false);
  const deadline = Date.now() + timeoutMs;
  // A full disk must not keep it from being stopped.
  await records.update({ stop: { requestId, deadline, timeoutMs } }).catch(() => undefined);
  faultPoint('stop-signalled');
  return deadline;
}

/** `frozen`: it was paused. Rejects with SHIM_TIMEOUT if it does not end. */
export async function killForDelete(container: Container, frozen: boolean): Promise<void> {
  await killContainer(container, frozen);
  if (await within(KILL_TIMEOUT_MS, container.exited)) return;
  throw new ShimError('SHIM_TIMEOUT', `${container.id} does not end after SIGKILL`, { where: container.id });
}

/** A frozen cgroup (v1) dies only when it is thawed; one may be frozen by the runtime's own command, behind our back. */
async function killContainer(container: Container, frozen: boolean): Promise<void> {
  await signalUnlessGone(container, SIGKILL, !container.records.request.ownPidNamespace);
  if (frozen) await thaw(container);
  if (await within(FROZEN_AFTER_MS, container.exited)) return;
  const state = await container.runtime.state(container.id).catch(() => undefined);
  if (state?.status === 'paused') await thaw(container);
}

/** Sends a signal once: rejects as {@link refuseBegun}, which says more than the state that the signal may have led to. */
export async function killByRequest(container: Container, { requestId, signal, all }: KillRequest): Promise<void> {
  const { id, records } = container;
  refuseBegun(records.runtime, requestId, { signal, to: id });
  checkLegal('kill', container.status, id);
  if (signal === SIGKILL && container.status === 'paused') return killFrozen(container, requestId, all);
  const { config, stopSignal } = records.request;
  const ends = ENDING.has(signal) || signal === stopSignal;
  const recorded = records.begin(requestId, {});
  // A full disk must not keep it from being ended.
  await (ends ? recorded.catch(() => undefined) : recorded);
  await sendSignal(container, signal, all);
  if (ends) container.io.letPass(config.limits.stopTimeoutMs);
}

/** It dies when it is thawed: a shimd killed in between must not leave it frozen, with the signal pending. */
async function killFrozen(container: Container, requestId: string, all: boolean): Promise<void> {
  const { records } = container;
  await records.begin(requestId, { killing: { all } }).catch(() => undefined);
  try {
    await sendSignal(container, SIGKILL, all);
  } catch (error) {
    await records.update({ killing: undefined }).catch(() => undefined);
    throw error;
  }
  faultPoint('kill-signalled');
  await thaw(container);
}

/** Goes on with a KILL of a paused container that an earlier shimd was at. Twice is as good as once. */
export async function resumeKill(container: Container): Promise<void> {
  const { killing } = container.records.runtime;
  if (killing === undefined || container.status === 'stopped') return;
  // What the runtime says against it is no matter: it may be dying.
  await sendSignal(container, SIGKILL, killing.all).catch(() => undefined);
  await thaw(container);
}

/** Sends a signal, and tells of it. */
function sendSignal({ id, runtime, events }: Container, signal: number, all: boolean): Promise<void> {
  const attributes = { signal, all };
  return events.around('kill', () => runtime.kill(id, signal, { all }), { attributes });
}

/** A container that ended in the meantime is what was wanted. */
async function signalUnlessGone(container: Container, signal: number, all: boolean): Promise<void> {
  if (container.status === 'stopped') return;
  try {
    await sendSignal(container, signal, all);
  } catch (error) {
    const gone =
      isShimError(error) && (error.code === 'SHIM_ILLEGAL_STATE' || error.code === 'SHIM_CONTAINER_NOT_FOUND');
    if (!gone) throw error;
  }
}
