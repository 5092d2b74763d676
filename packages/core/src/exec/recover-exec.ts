import { readFile } from 'node:fs/promises';
import { within } from '../logging/deadline.js';
import type { Reaper } from '../reaper/reaper.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { SENT_MS } from '../stdio/console-socket.js';
import { writeExecPidFile } from './exec-pid-file.js';
import type { ExecSession } from './exec-session.js';
import { passOnToClient } from './pass-on-output.js';

export interface RecoverExecOptions {
  readonly reaper: Reaper;
  readonly logger: PluginLogger;
  readonly key: string;
  readonly runtimeTimeoutMs: number;
}

/** Takes up a session of an earlier shimd; false if its runtime command hangs and the session has to be removed. */
export async function recoverExec(session: ExecSession, options: RecoverExecOptions): Promise<boolean> {
  const { runtime, exit } = session.records;
  session.recovered = true;
  if (runtime.phase === 'created') return true;
  if (exit?.drained === true) {
    await session.resumeStopped();
    return true;
  }
  if (exit === undefined && runtime.phase === 'starting') return adoptStarting(session, options);
  await session.io.reopen(runtime.stdinClosed);
  if (exit !== undefined) {
    passOnToClient(session);
    void session.resumeStopped();
    return true;
  }
  session.watch(options.reaper.adopt(session.identity));
  passOnToClient(session);
  return true;
}

/** The runtime command was under way: its pid file tells whether it came to its end. */
async function adoptStarting(session: ExecSession, options: RecoverExecOptions): Promise<boolean> {
  const command = options.reaper.command(options.key);
  if (command !== undefined && !(await within(options.runtimeTimeoutMs, command))) return false;
  if (command !== undefined) (await command).acknowledge();
  const pid = await readPid(session.pidFile);
  if (pid === undefined) {
    // Nothing was started: the caller, who got no answer, asks again.
    await session.records.update({ phase: 'created' });
    return true;
  }
  const { request, runtime } = session.records;
  await session.io.reopen(request.forward !== undefined && runtime.stdinClosed);
  // With a keeper of an older version its terminal can be gone with the shimd that had accepted it: then its end is what there is to tell.
  await session.io
    .made(SENT_MS)
    .catch((error: unknown) => options.logger.error({ err: error }, 'an exec has lost its terminal'));
  const process = options.reaper.adopt({ ...options.reaper.identify(pid), bootId: session.identity.bootId });
  session.tell('exec-start', { pid });
  session.watch(process);
  await session.records.update({ phase: 'running', pid, startTime: String(process.startTime) });
  await writeExecPidFile(session.records, options.logger);
  passOnToClient(session);
  return true;
}

/** A pid that a runtime wrote; undefined if there is none. */
export async function readPid(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^[1-9][0-9]{0,9}$/.test(text.trim()) ? Number(text) : undefined;
}
