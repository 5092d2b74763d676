import { join } from 'node:path';

const RUN = '/run/systemd';

/** Sockets of a journald. */
export interface JournaldPaths {
  /** Takes datagrams. */
  readonly socket: string;
  /** Speaks varlink. */
  readonly varlink: string;
}

/** Those of a journal namespace; undefined: of the system. */
export function journaldPaths(namespace: string | undefined): JournaldPaths {
  const directory = join(RUN, namespace === undefined ? 'journal' : `journal.${namespace}`);
  return { socket: join(directory, 'socket'), varlink: join(directory, 'io.systemd.journal') };
}
