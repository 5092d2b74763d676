import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import type { EventPoller } from '@holdfast/core';
import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';

const { O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
const MODE = 0o660;
const LINE_BYTES = 8192;

/** A FIFO that others write lines to. */
export class LineFifo {
  readonly fd: number;
  #unwatch: (() => void) | undefined;
  readonly #buffer = Buffer.alloc(LINE_BYTES);
  #rest = '';

  /** Makes it, in the place of what is there, or takes up an earlier shimd's. Throws the system's errors. */
  constructor(
    readonly path: string,
    private readonly options: { readonly anew: boolean; readonly poller: EventPoller },
    private readonly onLine: (line: string) => void,
  ) {
    if (options.anew) {
      rmSync(path, { force: true });
      native.mkfifo(path, MODE);
    }
    // For writing too: the last writer's end is no end.
    this.fd = openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    if (!fstatSync(this.fd).isFIFO()) {
      closeSync(this.fd);
      throw new ShimError('SHIM_IO', `${path} is not a FIFO`, { where: path });
    }
  }

  /** What was written before is read now. */
  listen(): void {
    this.#unwatch ??= this.options.poller.watch(this.fd, () => this.#read());
    this.#read();
  }

  close(): void {
    this.#unwatch?.();
    closeSync(this.fd);
    rmSync(this.path, { force: true });
  }

  /** As {@link close}, and the file stays. */
  leave(): void {
    this.#unwatch?.();
    closeSync(this.fd);
  }

  #read(): void {
    for (let count = this.#readNow(); count > 0; count = this.#readNow()) {
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, count)).split('\n');
      this.#rest = (lines.pop() ?? '').slice(0, LINE_BYTES);
      for (const line of lines) this.onLine(line);
    }
  }

  #readNow(): number {
    try {
      return readSync(this.fd, this.#buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
