import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import type { ContainerRef, ExecRef } from '../api/documents.js';
import { checkIdentifier } from './identifiers.js';

/** sun_path holds 108 bytes with its NUL; Node cuts a longer path off without a word. */
const SOCKET_PATH_BYTES = 107;

/** Where everything lies below the root directory (0700 throughout). */
export class StateLayout {
  constructor(readonly root: string) {}

  /** All containers of all namespaces: `ns/NS/ID`. */
  get namespaces(): string {
    return join(this.root, 'ns');
  }

  namespace(name: string): string {
    return join(this.namespaces, name);
  }

  container(ref: ContainerRef): string {
    return join(this.namespace(ref.namespace), ref.id);
  }

  exec(ref: ExecRef): string {
    return join(this.container(ref), 'exec', ref.execId);
  }

  get groups(): string {
    return join(this.root, 'groups');
  }

  group(name: string): string {
    return join(this.groups, name);
  }

  /** flocked by the keeper for its whole life: the right to serve the group. */
  groupLock(name: string): string {
    return join(this.group(name), 'lock');
  }

  /** Short-lived files of the group's runtime plugins, emptied as shimd starts. */
  groupScratch(name: string): string {
    return join(this.group(name), 'scratch');
  }

  /** Output of keeper and shimd. */
  groupLog(name: string): string {
    return join(this.group(name), 'shimd.log');
  }

  /** Settings that were changed while the group runs; they mean nothing to a later keeper. */
  groupSettings(name: string): string {
    return join(this.group(name), 'settings.json');
  }

  /** What its keepers are started with, for a start by somebody who does not know. */
  groupStart(name: string): string {
    return join(this.group(name), 'start.json');
  }

  /** Terminals that its shimd holds, for one that has to take them over. */
  groupTerminals(name: string): string {
    return join(this.group(name), 'terminals.json');
  }

  /** Deaths of its shimd in a row, told by the keeper; there is no such file while all is well. */
  groupCrashes(name: string): string {
    return join(this.group(name), 'crashes.json');
  }

  /** What happened in the group, a line each; `.1` added is the name of the older part. */
  groupEvents(name: string): string {
    return join(this.group(name), 'events.ndjson');
  }

  /** `--root` of the OCI runtimes of one namespace. */
  runtimeRoot(namespace: string): string {
    return join(this.root, 'runtime', namespace);
  }

  get sockets(): string {
    return join(this.root, 's');
  }

  /** The control API's socket of a group. Throws SHIM_ROOT_TOO_LONG. */
  apiSocket(group: string): string {
    return shortPath(this.sockets, group);
  }

  /** Sockets over which launchers hand over what they were called for. */
  get launchSockets(): string {
    return join(this.root, 'l');
  }

  /** Of one kind of launcher: see docs/launcher.md. Throws SHIM_INVALID_ID, SHIM_ROOT_TOO_LONG. */
  launchSocket(kind: string): string {
    return checkLength(join(this.launchSockets, checkIdentifier(kind, 'kind of launcher')));
  }

  /** Where a runtime sends the terminal of the process with this key; it is gone once the terminal is there. Throws SHIM_ROOT_TOO_LONG. */
  consoleSocket(key: string): string {
    return shortPath(join(this.root, 'c'), key);
  }
}

function shortPath(directory: string, name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return checkLength(join(directory, hash));
}

function checkLength(path: string): string {
  const length = Buffer.byteLength(path);
  if (length > SOCKET_PATH_BYTES) {
    throw new ShimError(
      'SHIM_ROOT_TOO_LONG',
      `the socket path would be ${length} bytes long, over ${SOCKET_PATH_BYTES}`,
      {
        where: path,
      },
    );
  }
  return path;
}
