import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { makePlacement, runsUnderSystemd, scopeCommand, type Placement } from '../placement/index.js';
import { ShimError } from '../plugin/shim-error.js';
import { checkIdentifier } from '../state/identifiers.js';
import type { StateLayout } from '../state/layout.js';
import { takeGroupLock } from './group-lock.js';
import { keeperEnvironment } from './keeper-environment.js';
import { waitForReady } from './keeper-ready.js';
import { logSize, tailLog } from './log-tail.js';
import { openBelow, withDirectory, type OpenDirectory } from './open-below.js';
import { recallStart, rememberStart, type FrontEndStart } from './start-record.js';
import { makePath, makeRoot } from './state-root.js';
import { sweepPlacements } from './sweep-placements.js';

/** A program and its arguments. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

export interface StartKeeperOptions {
  readonly layout: StateLayout;
  readonly group: string;
  /** What the keeper runs as shimd. */
  readonly shimd: CommandLine;
  /** The caller's: only its HOLDFAST_FAULT… and HOLDFAST_TEST_… reach the keeper. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The keeper's binary; the installed one if left out. */
  readonly keeper?: string;
  /**
   * Modules that shimd loads; absolute. With neither these nor a launch socket the group gets those that its last keeper with some was
   * started with.
   */
  readonly frontEnds?: readonly string[];
  /** Has the keeper listen for launchers there: a {@link StateLayout.launchSocket}, which one group at a time may have. */
  readonly launchSocket?: string;
  /** Called before the keeper is started, when the group's directory is there and its lock in hand. */
  readonly prepare?: () => void;
  /** Milliseconds until the keeper must serve; 10000 if left out. */
  readonly deadlineMs?: number;
}

/** `busy`: somebody else holds the group's lock, and starts, serves or leaves. */
export type StartedKeeper = { readonly pid: number; readonly placement: Placement } | 'busy';

/** Numbers of the keeper's descriptors: places in spawn's `stdio`, which is how they lose FD_CLOEXEC. */
const READY_FD = 3;
const LOCK_FD = 4;

/**
 * Makes the group's directories, takes its lock and starts its keeper, in a cgroup and session of its own. Resolves when
 * it serves. Rejects with SHIM_KEEPER_START, SHIM_STATE_INSECURE, SHIM_ROOT_TOO_LONG or SHIM_PERMISSION.
 */
export async function startKeeper(options: StartKeeperOptions): Promise<StartedKeeper> {
  const { layout, group } = options;
  checkIdentifier(group, 'group');
  layout.apiSocket(group);
  const directory = withDirectory(makeRoot(layout.root), (root) => {
    closeSync(makePath(root, layout.sockets).fd);
    if (options.launchSocket !== undefined) closeSync(makePath(root, launchDirectory(layout, options.launchSocket)).fd);
    return makePath(root, layout.group(group));
  });
  try {
    const lock = await takeGroupLock(directory).catch(goneMeanwhile);
    if (lock === undefined) return 'busy';
    try {
      return await launch(options, directory, lock);
    } finally {
      // From the fork on the keeper has it too, and with it the lock.
      closeSync(lock);
    }
  } finally {
    closeSync(directory.fd);
  }
}

/** Only what lies where launchers look: the keeper replaces what it finds there. */
function launchDirectory({ launchSockets }: StateLayout, path: string): string {
  if (dirname(path) === launchSockets) return launchSockets;
  throw new ShimError('SHIM_INVALID_ARGUMENT', `the launch socket does not lie in ${launchSockets}`, { where: path });
}

/** `recover` has removed the group's directory since it was opened: to be tried anew. */
function goneMeanwhile(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

async function launch(options: StartKeeperOptions, directory: OpenDirectory, lock: number): Promise<StartedKeeper> {
  const { layout, group, deadlineMs = 10_000 } = options;
  const keeper = options.keeper ?? (await installedKeeper());
  const systemd = runsUnderSystemd();
  const placement = systemd ? { procsFiles: [], failures: [] } : makePlacement({ root: layout.root, group });
  const logName = basename(layout.groupLog(group));
  const before = logSize(directory, logName);
  const log = openLog(directory, logName);
  let child: ChildProcess;
  try {
    reportFailures(log, placement);
    options.prepare?.();
    const start = settleStart(options, directory, (line) => writeSync(log, `holdfast: ${line}\n`));
    const scope = systemd ? scopeCommand(layout.root, group) : [];
    const command = [...scope, keeper, ...keeperArguments(options, placement, start)];
    child = spawnKeeper(command, { environment: options.environment, log, lock });
  } finally {
    closeSync(log);
  }
  const answer = await waitForReady(child, child.stdio[READY_FD] as Readable, deadlineMs);
  if ('pid' in answer) {
    await sweepPlacements(layout, group);
    return { pid: answer.pid, placement };
  }
  const words = tailLog(directory, logName, before);
  const message = `the keeper of group ${group} did not start: ${answer.error}${words === '' ? '' : `; its log:\n${words}`}`;
  throw new ShimError('SHIM_KEEPER_START', message, { where: layout.groupLog(group) });
}

/** What the caller wants, for the starts to come too, or what an earlier one wanted. */
function settleStart(
  { layout, group, frontEnds, launchSocket }: StartKeeperOptions,
  directory: OpenDirectory,
  tell: (line: string) => void,
): FrontEndStart {
  const locked = { layout, group, directory };
  const given = frontEnds !== undefined || launchSocket !== undefined;
  const start = given ? { frontEnds: frontEnds ?? [], launchSocket } : recallStart(locked, tell);
  if (given) rememberStart(locked, start);
  else if (start.launchSocket !== undefined)
    withDirectory(makeRoot(layout.root), (root) => closeSync(makePath(root, layout.launchSockets).fd));
  return start;
}

function keeperArguments(
  { layout, group, shimd }: StartKeeperOptions,
  placement: Placement,
  { frontEnds, launchSocket }: FrontEndStart,
): string[] {
  return [
    ...['--group', group, '--ready-fd', String(READY_FD), '--lock-fd', String(LOCK_FD)],
    ...['--api-socket', layout.apiSocket(group)],
    ...(launchSocket === undefined ? [] : ['--launch-socket', launchSocket]),
    ...placement.procsFiles.flatMap((file) => ['--cgroup', file]),
    ...['--log', layout.groupLog(group), '--state', layout.groupCrashes(group)],
    ...['--', shimd.program, ...shimd.args, ...frontEnds.flatMap((path) => ['--front-end', path])],
  ];
}

function spawnKeeper(
  [program, ...args]: readonly string[],
  { environment, log, lock }: { environment: StartKeeperOptions['environment']; log: number; lock: number },
): ChildProcess {
  const child = spawn(program as string, args, {
    cwd: '/',
    detached: true,
    env: keeperEnvironment(environment),
    stdio: ['ignore', log, log, 'pipe', lock],
  });
  child.unref();
  return child;
}

async function installedKeeper(): Promise<string> {
  try {
    const { keeperPath } = await import('@holdfast/native');
    return keeperPath();
  } catch (cause) {
    const message = `the keeper is not installed for ${process.platform}-${process.arch}: ${(cause as Error).message}`;
    throw new ShimError('SHIM_KEEPER_START', message, { where: '@holdfast/native', cause });
  }
}

function openLog(directory: OpenDirectory, name: string): number {
  return openBelow(directory, name, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK);
}

function reportFailures(log: number, { failures }: Placement): void {
  for (const { hierarchy, reason } of failures) {
    writeSync(log, `holdfast: no cgroup of its own in ${hierarchy}, it stays in its starter's: ${reason}\n`);
  }
}
