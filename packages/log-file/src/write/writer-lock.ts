import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { isShimError, ShimError, type FileLane, type PluginLogger } from '@holdfast/core/plugin';
import { lockName } from '../rotated-name.js';
import { codeOf, messageOf } from '../system-error.js';
import { isDying } from './is-dying.js';
import { readOwner, writeOwner, type LockOwner } from './lock-owner.js';
import type { Directories } from './make-directory.js';
import { openError } from './open-file.js';
import { leadsTo } from './same-file.js';

/** O_RDWR: NFS locks nothing else exclusively. Mode: who can open the file could lock it. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MODE = 0o600;
/** Each try that is in vain met a lock that was just given up. */
const TRIES = 100;
/** A file system, or its server, that has no locks. */
const NO_LOCKS = new Set(['ENOLCK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Whose a {@link WriterLock} is, and of which log. */
export interface LockPlace {
  readonly lane: FileLane;
  readonly path: string;
  readonly logger: PluginLogger;
  readonly directories: Directories;
  readonly owner: LockOwner;
}

/**
 * The right to write a log: a lock on a file beside it, since the log itself is renamed and replaced, and may be opened by
 * who could lock it too. It ends with the process.
 */
export class WriterLock {
  private fd: number | undefined;
  private goesOn = false;

  constructor(private readonly place: LockPlace) {}

  /** An earlier shim of the same container had it, and did not come to give it up. */
  get resumed(): boolean {
    return this.goesOn;
  }

  /** Takes it, or keeps it if the name still leads to what is held. Rejects with SHIM_LOG_OPEN; what is held stays so. */
  async take(): Promise<void> {
    const { lane, path } = this.place;
    const previous = this.fd;
    try {
      if (previous !== undefined && (await leadsTo(lane, lockName(path), previous))) return;
      this.fd = await this.acquire();
    } catch (error) {
      throw isShimError(error) ? error : this.error(error);
    }
    if (previous !== undefined) await lane.close(previous).catch(() => undefined);
  }

  /** Gives it up. `keep`: the file stays, for who goes on. */
  async release(keep: boolean): Promise<void> {
    const { fd } = this;
    const { lane, path } = this.place;
    if (fd === undefined) return;
    this.fd = undefined;
    try {
      // Removed before it is free: who takes it looks whether it has its name.
      if (!keep && (await leadsTo(lane, lockName(path), fd))) await lane.unlink(lockName(path));
    } finally {
      await lane.close(fd);
    }
  }

  private async acquire(): Promise<number> {
    const { lane, path } = this.place;
    for (let tries = 0; tries < TRIES; tries++) {
      const fd = await this.open();
      try {
        if (await this.isTaken(fd)) return fd;
      } catch (error) {
        await lane.close(fd);
        throw error;
      }
      await lane.close(fd);
    }
    throw openError(path, `its lock file ${lockName(path)} is replaced again and again`);
  }

  private async open(): Promise<number> {
    const { lane, path, directories } = this.place;
    try {
      return await lane.open(lockName(path), FLAGS, MODE);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    await directories.make(dirname(path));
    return lane.open(lockName(path), FLAGS, MODE);
  }

  /** False: it was given up, and has its name no more. Rejects if another one holds it. */
  private async isTaken(fd: number): Promise<boolean> {
    const { lane, path, owner } = this.place;
    if (!(await lane.stat(fd)).isFile) throw openError(path, `its lock file ${lockName(path)} is no regular file`);
    if (!(await this.lock(fd))) return this.takeFromDying(fd);
    if (!(await leadsTo(lane, lockName(path), fd))) return false;
    this.goesOn ||= isSameContainer(await readOwner(lane, fd), owner);
    await writeOwner(lane, fd, owner);
    return true;
  }

  /** False if it is free to be taken under its name, since its holder, an earlier shim of the container, never writes again. */
  private async takeFromDying(fd: number): Promise<false> {
    const { lane, path, owner } = this.place;
    const holder = await readOwner(lane, fd);
    if (!isSameContainer(holder, owner) || !isDying(holder.pid)) throw this.heldError(holder);
    this.goesOn = true;
    if (await leadsTo(lane, lockName(path), fd)) await lane.unlink(lockName(path));
    return false;
  }

  private async lock(fd: number): Promise<boolean> {
    const { lane, path, logger } = this.place;
    try {
      return await lane.lock(fd);
    } catch (error) {
      if (!NO_LOCKS.has(codeOf(error) ?? '')) throw error;
      logger.warn(
        { path, err: error },
        'the file system of the log has no locks: nothing keeps others from writing it',
      );
      return true;
    }
  }

  private heldError(holder: LockOwner | undefined): ShimError {
    const { path } = this.place;
    return new ShimError('SHIM_LOG_OPEN', `cannot open the log ${path}: ${this.nameOf(holder)} writes it`, {
      where: path,
      remedy: 'A log has one writer: give each container a "path" of its own, or none (the default has its id in it).',
    });
  }

  private nameOf(holder: LockOwner | undefined): string {
    if (holder === undefined) return 'another shim';
    const { namespace, id, pid } = holder;
    const { owner } = this.place;
    const isOwn = namespace === owner.namespace && id === owner.id && pid === owner.pid;
    return isOwn ? 'another log driver of the container' : `the container ${id} (namespace ${namespace}, shim ${pid})`;
  }

  private error(error: unknown): ShimError {
    const { path } = this.place;
    const why = codeOf(error) === 'ELOOP' ? 'it is a symbolic link' : messageOf(error);
    return new ShimError('SHIM_LOG_OPEN', `cannot open the log ${path}: its lock file ${lockName(path)}: ${why}`, {
      where: path,
      cause: error,
    });
  }
}

function isSameContainer(holder: LockOwner | undefined, { namespace, id }: LockOwner): holder is LockOwner {
  return holder?.namespace === namespace && holder.id === id;
}
