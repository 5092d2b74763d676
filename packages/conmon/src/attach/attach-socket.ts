import { closeSync, constants, mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import type { Options } from '../command-line/options.js';

const NAME = 'attach';
const MODE = 0o700;
const BACKLOG = 10;

/** Where the attach socket lies, and what leads there. */
export interface AttachPlace {
  readonly socket: string;
  /** `SOCKET_DIR/CUUID`, a link to the bundle; undefined with --full-attach. */
  readonly link: string | undefined;
}

export function attachPlace({ fullAttach, socketDir, uuid }: Options, bundle: string): AttachPlace {
  return { socket: join(bundle, NAME), link: fullAttach ? undefined : join(socketDir, uuid) };
}

/** Makes the socket, in the place of what is there, and listens. The bundle's path may be longer than a socket's. Throws the system's errors. */
export function listenForClients({ socket, link }: AttachPlace, bundle: string): number {
  if (link !== undefined) {
    mkdirSync(join(link, '..'), { recursive: true, mode: MODE });
    rmSync(link, { force: true });
    symlinkSync(bundle, link);
  }
  rmSync(socket, { force: true });
  const directory = openSync(bundle, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return native.seqpacketListen(`/proc/self/fd/${directory}/${NAME}`, MODE, BACKLOG);
  } finally {
    closeSync(directory);
  }
}

export function removeAttachPlace({ socket, link }: AttachPlace): void {
  rmSync(socket, { force: true });
  if (link !== undefined) rmSync(link, { force: true });
}
