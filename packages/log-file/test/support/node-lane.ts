import { close, fchmod, fstat, fsync, ftruncate, open, read, rename, unlink, write, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import type { FileLane, LaneStat, PrefixedRecords } from '@holdfast/core/plugin';

const writeTo = promisify(write);
const readAt = promisify(read);
const statOf = promisify(fstat);
const detailsOf = promisify<number, { bigint: true }, BigIntStats>(fstat);
const calls = {
  open: promisify(open),
  chmod: promisify(fchmod),
  truncate: promisify(ftruncate),
  sync: promisify(fsync),
  rename: promisify(rename),
  unlink: promisify(unlink),
  close: promisify(close),
};

/** A write that is to fail after `after` bytes, as on a disk that has become full. */
export interface Fault {
  readonly after: number;
}

/** A lane over node:fs: one operation after the other. Counts writes and fails when told to. */
export class NodeLane implements FileLane {
  /** Sizes of the writes asked for. */
  readonly writes: number[] = [];
  readonly calls: string[] = [];
  /** Taken one for each write; undefined lets it work. */
  faults: (Fault | undefined)[] = [];
  /** Names of operations that are to fail, each once. */
  readonly broken = new Set<string>();
  private last: Promise<unknown> = Promise.resolve();

  open = (path: string, flags: number, mode: number): Promise<number> =>
    this.run('open', () => calls.open(path, flags, mode));
  size = (fd: number): Promise<number> => this.run('size', async () => (await statOf(fd)).size);
  stat = (fd: number): Promise<LaneStat> =>
    this.run('stat', async () => {
      const stat = await detailsOf(fd, { bigint: true });
      const { dev, ino, mtimeNs } = stat;
      return { isFile: stat.isFile(), size: Number(stat.size), dev, ino, mtimeNs };
    });
  chmod = (fd: number, mode: number): Promise<void> => this.run('chmod', () => calls.chmod(fd, mode));
  read = (fd: number, bytes: Uint8Array, position: number): Promise<number> =>
    this.run('read', async () => (await readAt(fd, bytes, 0, bytes.length, position)).bytesRead);
  truncate = (fd: number, size: number): Promise<void> => this.run('truncate', () => calls.truncate(fd, size));
  sync = (fd: number): Promise<void> => this.run('sync', () => calls.sync(fd));
  rename = (from: string, to: string): Promise<void> => this.run('rename', () => calls.rename(from, to));
  unlink = (path: string): Promise<void> => this.run('unlink', () => calls.unlink(path));
  close = (fd: number): Promise<void> => this.run('close', () => calls.close(fd));

  write = (fd: number, bytes: Uint8Array): Promise<void> =>
    this.run('write', () => {
      this.writes.push(bytes.length);
      return this.writeAll(fd, bytes);
    });

  writeRecords = (fd: number, records: PrefixedRecords): Promise<void> => this.write(fd, prefixed(records));

  private async writeAll(fd: number, bytes: Uint8Array): Promise<void> {
    const fault = this.faults.shift();
    const most = fault === undefined ? bytes.length : Math.min(fault.after, bytes.length);
    let written = 0;
    try {
      while (written < most) written += (await writeTo(fd, bytes, written, most - written)).bytesWritten;
      if (fault !== undefined) throw systemError('ENOSPC', 'write');
    } catch (error) {
      throw Object.assign(error as Error, { written });
    }
  }

  /** Nothing is done any more until the promise is resolved. */
  hold(until: Promise<unknown>): void {
    this.last = this.last.then(() => until);
  }

  private run<T>(name: string, operation: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => {
      this.calls.push(name);
      if (this.broken.delete(name)) throw systemError('EIO', name);
      return operation();
    });
    this.last = result.catch(() => undefined);
    return result;
  }
}

/** The bytes of {@link FileLane.writeRecords}, made the simple way. */
export function prefixed({ bytes, ends, from, to, full, partial }: PrefixedRecords): Buffer {
  const parts: Uint8Array[] = [];
  for (let i = from; i < to; i++) {
    const record = bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
    const whole = record.at(-1) === 10;
    parts.push(whole ? full : partial, record, Buffer.from(whole ? '' : '\n'));
  }
  return Buffer.concat(parts);
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall });
}
