import { within } from '../logging/deadline.js';
import { ShimError } from '../plugin/shim-error.js';
import { readPid } from '../exec/recover-exec.js';
import type { Reaper } from '../reaper/reaper.js';
import type { RuntimeRecord } from '../state/container-record.js';
import { SENT_MS } from '../stdio/console-socket.js';
import { askState } from './ask-state.js';
import type { Container } from './container.js';
import { resumeKill, resumeStop } from './end-container.js';
import { settleFrozen } from './pause.js';

/** How long a foreground client gets to come back before output is passed on without it. */
const CLIENT_GRACE_MS = 3_000;

/** How long a runtime that does not come to an end with one container keeps the others waiting. */
export const SETTLE_MS = 1_000;

/** What became of a container of an earlier shimd: it goes on, or it never came to be or was being deleted. */
export type Recovered = 'kept' | 'abandon' | 'delete';

/** Takes up a container whose records were found. Resolves once it is known what becomes of it. */
export async function recoverContainer(container: Container, reaper: Reaper): Promise<Recovered> {
  const recovered = await takeUp(container, reaper);
  if (recovered === 'kept') container.events.emitNow('recovered');
  return recovered;
}

async function takeUp(container: Container, reaper: Reaper): Promise<Recovered> {
  const { runtime, exit } = container.records;
  if (runtime.phase === 'deleting') {
    await watchAgain(container, reaper);
    return 'delete';
  }
  if (exit === undefined && runtime.phase === 'creating') return adoptCreating(container, reaper);
  await watchAgain(container, reaper);
  // Commands for it wait until it is known what it is.
  const settled = container.mutex.run(() => settle(container));
  const inTime = await within(SETTLE_MS, settled);
  await container.execs.recover();
  if (inTime) resumeStop(container);
  else void settleLate(container, settled);
  return 'kept';
}

/** Carries through what a killed shimd was at. */
async function settle(container: Container): Promise<void> {
  const { runtime, exit } = container.records;
  if (runtime.phase === 'starting')
    await (exit === undefined ? settleStart(container) : recordStart(container, exit.exitedAt));
  if (isFrozen(runtime.phase) && exit === undefined) await settleFrozen(container);
  await resumeKill(container);
}

async function settleLate(container: Container, settled: Promise<void>): Promise<void> {
  const { logger, id } = container;
  logger.warn({ id }, 'the runtime has not come to an end with it: the others do not wait');
  await settled.catch((error: unknown) => logger.error({ err: error, id }, 'what it is is not known'));
  resumeStop(container);
}

async function watchAgain(container: Container, reaper: Reaper): Promise<void> {
  const { runtime, exit, request } = container.records;
  if (exit?.drained === true) return container.resumeStopped();
  await container.logs.openOrLater();
  await container.io.reopen(runtime.stdinClosed);
  await container.notifications.takeUp();
  startForClient(container);
  if (exit !== undefined) void container.resumeStopped();
  else {
    container.oom.resume();
    container.watch(reaper.adopt({ pid: runtime.pid, startTime: BigInt(runtime.startTime), bootId: request.bootId }));
  }
}

function isFrozen(phase: RuntimeRecord['phase']): boolean {
  return phase === 'pausing' || phase === 'paused' || phase === 'resuming';
}

/** `runtime create` was under way: it is the keeper's child, so it went on, and its pid file tells how it ended. */
async function adoptCreating(container: Container, reaper: Reaper): Promise<Recovered> {
  const { request } = container.records;
  const command = reaper.command(request.instance);
  if (command !== undefined) {
    if (!(await within(request.config.limits.runtimeTimeoutMs, command))) return 'abandon';
    (await command).acknowledge();
  }
  const pid = await readPid(container.pidFile);
  if (pid === undefined || !(await isKnown(container))) return 'abandon';
  await container.logs.openOrLater();
  await container.io.reopen(false);
  // With a keeper of an older version its terminal can be gone with the shimd that had accepted it: the caller, who got no answer, asks again.
  if (!(await hasStdio(container))) return 'abandon';
  await container.notifications.takeUp();
  await container.created(reaper.adopt({ ...reaper.identify(pid), bootId: request.bootId }));
  return 'kept';
}

async function hasStdio({ io }: Container): Promise<boolean> {
  try {
    await io.made(SENT_MS);
    return true;
  } catch {
    return false;
  }
}

async function isKnown(container: Container): Promise<boolean> {
  try {
    await askState(container.runtime, container.id);
    return true;
  } catch {
    return false;
  }
}

/** `runtime start` was under way, and may be still: it is carried through. The runtime knows whether the program runs. */
async function settleStart(container: Container): Promise<void> {
  const { id, runtime, records } = container;
  const startedAt = records.runtime.startingAt ?? new Date().toISOString();
  try {
    if ((await askState(runtime, id)).status === 'created') await runtime.start(id).catch(() => undefined);
    if ((await askState(runtime, id)).status === 'created') return await records.update({ phase: 'created' });
    await recordStart(container, startedAt);
  } catch (cause) {
    throw new ShimError('SHIM_OUTCOME_UNKNOWN', `whether ${id} was started is not known`, { cause });
  }
}

/** One that has ended was started, by a shimd that did not come to record it: the request that asked for it is done. */
async function recordStart({ records, events }: Container, startedAt: string): Promise<void> {
  await records.update({ phase: 'running', startedAt });
  events.emitNow('start', { time: startedAt, attributes: { pid: records.runtime.pid } });
}

function startForClient(container: Container): void {
  const { primaryAttached: primary, attached: clients = 0 } = container.records.runtime;
  if (!primary && clients === 0) return container.io.start();
  void container.hub.arrival({ primary, clients }, CLIENT_GRACE_MS).then(() => container.io.start());
}
