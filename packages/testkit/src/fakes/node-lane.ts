import {
  close,
  fchmod,
  fstat,
  fsync,
  ftruncate,
  mkdir,
  open,
  read,
  readdir,
  rename,
  rmdir,
  unlink,
  write,
  type BigIntStats,
} from 'node:fs';
import { promisify } from 'node:util';
import type { FileLane, LaneStat, PrefixedRecords } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';

const readFrom = promisify(read);
const writeTo = promisify(write);
const statOf = promisify(fstat);
const calls = {
  open: promisify(open),
  chmod: promisify(fchmod),
  truncate: promisify(ftruncate),
  sync: promisify(fsync),
  rename: promisify(rename),
  unlink: promisify(unlink),
  makeDirectory: promisify(mkdir),
  removeDirectory: promisify(rmdir),
  list: promisify(readdir),
  close: promisify(close),
};

/** A write that is to fail with ENOSPC after `after` bytes, as on a disk that has become full. */
export interface WriteFault {
  readonly after: number;
}

/** A lane over node:fs, for tests that look at the calls or make them fail: one operation after the other. */
export class NodeLane implements FileLane {
  /** Names of the operations, in order. */
  readonly calls: string[] = [];
  /** Names of operations that are to fail with EIO, each once. */
  readonly broken = new Set<string>();
  /** Sizes of the writes asked for. */
  readonly writes: number[] = [];
  /** Taken one for each write; undefined lets it work. */
  faults: (WriteFault | undefined)[] = [];
  #last: Promise<unknown> = Promise.resolve();

  open = (path: string, flags: number, mode: number): Promise<number> =>
    this.#run('open', () => calls.open(path, flags, mode));
  read = (fd: number, bytes: Uint8Array, position: number): Promise<number> =>
    this.#run('read', () => readAll(fd, bytes, position));
  write = (fd: number, bytes: Uint8Array): Promise<void> => this.#run('write', () => this.#write(fd, bytes));
  writeRecords = (fd: number, records: PrefixedRecords): Promise<void> =>
    this.#run('writeRecords', () => this.#write(fd, prefixedBytes(records)));
  lock = (fd: number): Promise<boolean> => this.#run('lock', () => Promise.resolve(native.flock(fd, true)));
  size = (fd: number): Promise<number> => this.#run('size', async () => (await statOf(fd)).size);
  stat = (fd: number): Promise<LaneStat> => this.#run('stat', () => laneStat(fd));
  chmod = (fd: number, mode: number): Promise<void> => this.#run('chmod', () => calls.chmod(fd, mode));
  truncate = (fd: number, size: number): Promise<void> => this.#run('truncate', () => calls.truncate(fd, size));
  sync = (fd: number): Promise<void> => this.#run('sync', () => calls.sync(fd));
  rename = (from: string, to: string): Promise<void> => this.#run('rename', () => calls.rename(from, to));
  makeDirectory = (path: string, mode: number): Promise<void> =>
    this.#run('makeDirectory', () => calls.makeDirectory(path, mode));
  removeDirectory = (path: string): Promise<void> => this.#run('removeDirectory', () => calls.removeDirectory(path));
  list = (path: string): Promise<string[]> => this.#run('list', () => calls.list(path));
  unlink = (path: string): Promise<void> => this.#run('unlink', () => calls.unlink(path));
  close = (fd: number): Promise<void> => this.#run('close', () => calls.close(fd));

  /** Nothing is done any more until the promise is resolved, as on a frozen disk. */
  hold(until: Promise<unknown>): void {
    this.#last = this.#last.then(() => until);
  }

  #write(fd: number, bytes: Uint8Array): Promise<void> {
    this.writes.push(bytes.length);
    return writeAll(fd, bytes, this.faults.shift());
  }

  #run<T>(name: string, operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      this.calls.push(name);
      if (this.broken.delete(name)) throw systemError('EIO', name);
      return operation();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function readAll(fd: number, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  for (;;) {
    const { bytesRead } = await readFrom(fd, bytes, done, bytes.length - done, position + done);
    done += bytesRead;
    if (bytesRead === 0 || done === bytes.length) return done;
  }
}

async function writeAll(fd: number, bytes: Uint8Array, fault?: WriteFault): Promise<void> {
  const most = Math.min(bytes.length, fault?.after ?? Infinity);
  let written = 0;
  try {
    while (written < most) written += (await writeTo(fd, bytes, written, most - written)).bytesWritten;
    if (fault !== undefined) throw systemError('ENOSPC', 'write');
  } catch (error) {
    throw Object.assign(error as Error, { written });
  }
}

async function laneStat(fd: number): Promise<LaneStat> {
  const stats = await new Promise<BigIntStats>((resolve, reject) =>
    fstat(fd, { bigint: true }, (error, found) => (error === null ? resolve(found) : reject(error))),
  );
  const { size, dev, ino, mtimeNs } = stats;
  const what = { isFile: stats.isFile(), isDirectory: stats.isDirectory() };
  return { ...what, mode: Number(stats.mode) & 0o7777, uid: Number(stats.uid), size: Number(size), dev, ino, mtimeNs };
}

/** The bytes that {@link FileLane.writeRecords} writes, made the simple way. */
export function prefixedBytes({ bytes, ends, from, to, full, partial }: PrefixedRecords): Buffer {
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
