#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, launcherRoot, StateLayout } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { NODE_GROUP as GROUP } from './groups/choose-group.js';
import { parseCommandLine } from './launch/command-line.js';
import { deleteNothing } from './launch/delete-nothing.js';
import { infoOf, versionOf } from './launch/info.js';
import { launcherPath } from './launch/paths.js';
import { startShim } from './launch/start-shim.js';
import { ownVersion } from './version.js';

/** Set for the launcher that follows: when that runs this again, nobody has served it. */
const AGAIN = 'HOLDFAST_LAUNCHER_AGAIN';
/** How it tells that: no command ends so. */
const UNSERVED = 75;
/** The shim that was found may have been about to leave, and somebody else's start may have taken its place. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * What the launcher runs when nobody serves: starts the shim, and hands over to the launcher again. It also stands for the launcher where that is
 * not linked.
 */
async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  if (line.action === 'version') return print(versionOf(ownVersion()));
  if (line.action === 'info') return print(infoOf(ownVersion()));
  const root = launcherRoot(process.env);
  const cwd = workingDirectory();
  if (process.env[AGAIN] !== undefined) return UNSERVED;
  const gone = line.action === 'delete' ? await deleteNothing(line, root, cwd) : undefined;
  if (gone !== undefined) return print(gone);
  for (const end = Date.now() + PATIENCE_MS; ;) {
    await startShim(process.env);
    const code = await handOver(args);
    if (code !== UNSERVED) return code;
    if (Date.now() > end) throw notServing(root);
    await delay(PAUSE_MS);
  }
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new ShimError('SHIM_INVALID_ARGUMENT', 'the bundle, which is the working directory, is not there', { cause });
  }
}

function notServing(root: string): ShimError {
  const layout = new StateLayout(root);
  const message = `the shim of group ${GROUP} was started and does not serve`;
  return new ShimError('SHIM_UNAVAILABLE', message, { where: layout.groupLog(GROUP) });
}

function print(bytes: Uint8Array): number {
  process.stdout.write(bytes);
  return 0;
}

async function handOver(args: readonly string[]): Promise<number> {
  const env = { ...process.env, [AGAIN]: '1' };
  const child = spawn(launcherPath(), args, { stdio: 'inherit', env });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const { text, code } = failureOf('containerd-shim-holdfast-v1', error);
    process.stderr.write(text);
    process.exitCode = code;
  },
);
