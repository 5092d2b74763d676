import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRef, FrontEndHost } from '@holdfast/core';
import type { MonitorRecord } from '../monitor/record.js';

/** podman removes containers in it, which may take long. */
const TIMEOUT_MS = 600_000;

/** Runs what the caller wants run when all is over, with its environment. What becomes of it is logged. Never rejects. */
export async function runExitCommand(host: FrontEndHost, record: MonitorRecord, { id }: ContainerRef): Promise<void> {
  const { options, environment, cwd } = record;
  const argv = options.exitCommand;
  if (argv === undefined) return;
  if (options.exitDelaySeconds > 0) await delay(options.exitDelaySeconds * 1000);
  const nothing = openSync('/dev/null', 'r+');
  const stdio = { stdin: nothing, stdout: nothing, stderr: nothing, owner: `${id}/exit-command` };
  try {
    const { code, signal } = await host.commands.run({ argv, cwd, env: environment, stdio, timeoutMs: TIMEOUT_MS });
    if (code !== 0) host.logger.warn({ id, argv, code, signal }, 'the exit command has failed');
  } catch (error) {
    host.logger.error({ err: error, id }, 'the exit command could not be run');
  } finally {
    closeSync(nothing);
  }
}
