import type { FileLane, PrefixedRecords } from '@holdfast/core/plugin';
import { prefixedBytes } from '../fakes/node-lane.js';

type Method = (...args: unknown[]) => Promise<unknown>;

/** The lanes of one instance of a driver, which can hang, and end as those of a killed shim do. */
export class MortalLanes {
  readonly #opened = new Map<number, FileLane>();
  #dead = false;
  /** Bytes of the next write after which it is the last. */
  #last: number | undefined;
  #hang: Promise<void> | undefined;

  /** `lane`, of which is known what was opened. */
  wrap(lane: FileLane): FileLane {
    const own: Partial<FileLane> = {
      open: async (path, flags, mode) => {
        const fd = await lane.open(path, flags, mode);
        this.#opened.set(fd, lane);
        return fd;
      },
      close: (fd) => {
        this.#opened.delete(fd);
        return lane.close(fd);
      },
      write: (fd, bytes) => this.#lastOr(lane, { fd, bytes: () => bytes }, () => lane.write(fd, bytes)),
      writeRecords: (fd, records: PrefixedRecords) =>
        this.#lastOr(lane, { fd, bytes: () => prefixedBytes(records) }, () => lane.writeRecords(fd, records)),
    };
    return new Proxy(lane, {
      get: (_, name) => this.#living(methodOf(lane, own, name as keyof FileLane)),
    });
  }

  /** Closes what is open, as the kernel does, and with it ends its locks; no call works after it. */
  async kill(): Promise<void> {
    this.#dead = true;
    for (const [fd, lane] of this.#opened) await lane.close(fd);
    this.#opened.clear();
  }

  /** The next write is cut off after `bytes`, and no call works after it. */
  killInWrite(bytes: number): void {
    this.#last = bytes;
  }

  /** Nothing is done until what it returns is called. */
  hang(): () => Promise<void> {
    let release: () => void = () => undefined;
    this.#hang = new Promise((resolve) => (release = resolve));
    return () => {
      release();
      this.#hang = undefined;
      return Promise.resolve();
    };
  }

  async #lastOr(
    lane: FileLane,
    { fd, bytes }: { fd: number; bytes: () => Uint8Array },
    write: () => Promise<void>,
  ): Promise<void> {
    if (this.#last === undefined) return write();
    this.#dead = true;
    await lane.write(fd, bytes().subarray(0, this.#last));
    return refuse();
  }

  #living(method: unknown): unknown {
    if (typeof method !== 'function') return method;
    return async (...args: unknown[]): Promise<unknown> => {
      if (this.#dead) return refuse();
      if (this.#hang !== undefined) await this.#hang;
      return (method as Method)(...args);
    };
  }
}

function methodOf(lane: FileLane, own: Partial<FileLane>, name: keyof FileLane): unknown {
  const method: unknown = own[name] ?? Reflect.get(lane, name);
  return typeof method === 'function' ? method.bind(lane) : method;
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('the shim of this driver was killed'));
}
