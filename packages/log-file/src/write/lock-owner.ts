import type { FileLane } from '@holdfast/core/plugin';

/** Who holds a lock. */
export interface LockOwner {
  readonly namespace: string;
  readonly id: string;
  /** Of the shim. */
  readonly pid: number;
}

const ROOM = 1024;
const NAME = /^[\w.+-]{1,128}$/;

/** Puts it into the lock file, for who is refused. Best effort: on a full disk the lock is had without. */
export async function writeOwner(lane: FileLane, fd: number, owner: LockOwner): Promise<void> {
  try {
    await lane.truncate(fd, 0);
    await lane.write(fd, Buffer.from(`${JSON.stringify(owner)}\n`));
  } catch {
    await lane.truncate(fd, 0).catch(() => undefined);
  }
}

/** Undefined if the lock file does not tell. */
export async function readOwner(lane: FileLane, fd: number): Promise<LockOwner | undefined> {
  try {
    const bytes = Buffer.alloc(ROOM);
    const length = await lane.read(fd, bytes, 0);
    const { namespace, id, pid } = JSON.parse(bytes.toString('utf8', 0, length)) as Partial<Record<string, unknown>>;
    if (!isName(namespace) || !isName(id) || !Number.isSafeInteger(pid)) return undefined;
    return { namespace, id, pid: pid as number };
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}
