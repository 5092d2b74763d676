import type { FileLane } from '@holdfast/core/plugin';

/** The lanes of one instance of a driver, which can end as those of a killed shim do. */
export class MortalLanes {
  readonly #opened = new Map<number, FileLane>();
  #dead = false;

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
    };
    return new Proxy(lane, {
      get: (_, name) => (this.#dead ? refuse : methodOf(lane, own, name as keyof FileLane)),
    });
  }

  /** Closes what is open, as the kernel does, and with it ends its locks; no call works after it. */
  async kill(): Promise<void> {
    this.#dead = true;
    for (const [fd, lane] of this.#opened) await lane.close(fd);
    this.#opened.clear();
  }
}

function methodOf(lane: FileLane, own: Partial<FileLane>, name: keyof FileLane): unknown {
  const method: unknown = own[name] ?? Reflect.get(lane, name);
  return typeof method === 'function' ? method.bind(lane) : method;
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('the shim of this driver was killed'));
}
