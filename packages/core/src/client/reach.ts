import { connect } from 'node:net';
import { crashLoop } from './crashes.js';
import type { ShimEndpoint } from './endpoint.js';
import { withDirectory, openDirectory } from './open-below.js';
import { startKeeper, type StartKeeperOptions } from './start-keeper.js';
import { tailLog } from './log-tail.js';
import { basename } from 'node:path';

export interface GroupEndpointOptions extends StartKeeperOptions {
  readonly patienceMs?: number;
  /** Called before a keeper is started; what it throws ends the call. */
  readonly beforeStart?: () => void;
}

/** The endpoint of a group, whose keeper is started when nobody listens. Throws SHIM_ROOT_TOO_LONG. */
export function groupEndpoint(options: GroupEndpointOptions): ShimEndpoint {
  const { layout, group, patienceMs } = options;
  const socketPath = layout.apiSocket(group);
  let underway: Promise<void> | undefined;
  const ensure = async (): Promise<void> => {
    if (await listens(socketPath)) return;
    options.beforeStart?.();
    // `busy` is left to the caller, who asks again: nothing tells when the other one serves or has left.
    await startKeeper(options);
  };
  const words = (): string => lastWords(layout.group(group), basename(layout.groupLog(group)));
  return {
    group,
    socketPath,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ensure: () => (underway ??= ensure().finally(() => (underway = undefined))),
    trouble: () => crashLoop(layout, group, words),
    lastWords: words,
  };
}

const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED']);

/** True if somebody listens on the socket. A full backlog (EAGAIN) is a listener too. */
export function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(!NOBODY.has(error.code ?? '')));
  });
}

function lastWords(groupPath: string, logName: string): string {
  try {
    return withDirectory(openDirectory(groupPath), (directory) => tailLog(directory, logName));
  } catch {
    return '';
  }
}
