import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { makeDirectories } from '../files/make-directories.js';
import type { Keeper } from '../keeper/keeper.js';
import { NOTIFY_DIRECTORY, NOTIFY_NAME } from './notify-paths.js';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * The descriptor of a container's NOTIFY_SOCKET. Held by the keeper, with what waits in it: a container has the file mounted, and
 * would not see one that a new shimd put in its place... unless the keeper is new too, for then the directory shows it the new file.
 */
export class NotifySocket {
  readonly #key: string;

  constructor(
    private readonly directory: string,
    instance: string,
    private readonly keeper: Keeper,
  ) {
    this.#key = `${instance}/notify`;
  }

  /** Makes it. The caller closes the descriptor. */
  async make(): Promise<number> {
    const fd = this.#bind();
    await this.keeper.hold(this.#key, fd);
    return fd;
  }

  /** The one that the keeper holds, or a new one if it was lost with its keeper. */
  async takeUp(): Promise<number> {
    return this.keeper.fetch(this.#key).catch(() => this.make());
  }

  async drop(): Promise<void> {
    await this.keeper.drop(this.#key);
  }

  #bind(): number {
    const path = join(this.directory, NOTIFY_DIRECTORY);
    makeDirectories(path, 0o755);
    // State directories may lie deeper than the 107 bytes of a socket's path go.
    const directory = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      const socket = `/proc/self/fd/${directory}/${NOTIFY_NAME}`;
      rmSync(socket, { force: true });
      // Any user of the container may send; on the host the directory above is 0700.
      return native.datagramBind(socket, 0o666);
    } finally {
      closeSync(directory);
    }
  }
}
