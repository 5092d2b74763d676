#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { launcherRoot, StateLayout, startFrontEnd } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { helpText } from './command-line/help-text.js';
import { versionText } from './command-line/version-text.js';
import { conmonGroup, GROUP } from './launch/group.js';
import { launcherPath } from './launch/paths.js';
import { isAskedFor } from './launch/asked-for.js';
import { failureText } from './launch/failure-text.js';
import { callerPipes } from './monitor/sync-pipe.js';
import { ownVersion } from './version.js';

/** Set for the launcher that follows: when that runs this again, nobody has served it. */
const AGAIN = 'HOLDFAST_LAUNCHER_AGAIN';
/** Set by a launcher that wants a shim to be started, and nothing else: there is none yet, or it has gone, keeper and all. */
const REVIVE = 'HOLDFAST_LAUNCHER_REVIVE';
/** How it tells that nobody has served it. */
const UNSERVED = 75;
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/** What the launcher runs when nobody serves: starts the shim, and hands over to the launcher again. */
async function main(args: readonly string[]): Promise<number> {
  const isRevival = process.env[REVIVE] !== undefined;
  // The launcher then runs this once more, to print.
  if (isRevival && (isAskedFor('version', args) || isAskedFor('help', args))) return 1;
  if (isAskedFor('version', args)) return print(versionText(ownVersion()));
  if (isAskedFor('help', args)) return print(helpText());
  if (process.env[AGAIN] !== undefined && !isRevival) return UNSERVED;
  const group = conmonGroup(process.env);
  for (const end = Date.now() + PATIENCE_MS; ;) {
    await startFrontEnd(group, process.env);
    if (isRevival) return 0;
    const code = await handOver(args);
    if (code !== UNSERVED) return code;
    if (Date.now() > end) throw notServing();
    await delay(PAUSE_MS);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function notServing(): ShimError {
  const layout = new StateLayout(launcherRoot(process.env));
  const where = layout.groupLog(GROUP);
  return new ShimError('SHIM_UNAVAILABLE', `the shim of group ${GROUP} was started and does not serve`, { where });
}

/** All descriptors up to the last of the caller's pipes. */
function inherited(): (number | 'ignore' | 'inherit')[] {
  const { sync = 0, start = 0, attach = 0 } = callerPipes(process.env);
  const count = Math.max(sync, start, attach, 2) + 1;
  return Array.from({ length: count }, (_, fd) => (isOpen(fd) ? fd : 'ignore'));
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

async function handOver(args: readonly string[]): Promise<number> {
  const env = { ...process.env, [AGAIN]: '1' };
  const child = spawn(launcherPath(), args, { stdio: inherited(), env });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(failureText(error));
    process.exitCode = 1;
  },
);
