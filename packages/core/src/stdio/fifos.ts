import { closeSync, constants, fstatSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { ShimError } from '../plugin/shim-error.js';

const { O_RDONLY, O_RDWR, O_WRONLY, O_NONBLOCK, O_NOFOLLOW } = constants;

/** The shim's ends. */
export interface ShimEnds {
  readonly stdout: number;
  readonly stderr: number;
  /** Undefined if stdin is /dev/null or was closed. */
  readonly stdin: number | undefined;
}

/** The descriptors for the new process, to be closed once it has them. */
export interface ChildEnds {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** The FIFOs `stdin`, `stdout` and `stderr` of one process, in its state directory. */
export class Fifos {
  constructor(
    private readonly directory: string,
    private readonly stdin: boolean,
  ) {}

  /** Makes them and opens all ends. */
  make(): { child: ChildEnds; shim: ShimEnds } {
    const names = this.stdin ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
    // A process that changed its user must be able to open /dev/stdout anew; the directory above is 0700.
    for (const name of names) this.#makeOne(name, 0o666);
    return { child: this.#openChildEnds(), shim: this.openShimEnds(this.stdin) };
  }

  /**
   * The shim's ends alone, after a restart. Read ends don't block, and no write end of an output is kept: end of file
   * must come when the last process of the container has closed its own.
   */
  openShimEnds(stdin: boolean): ShimEnds {
    const opened: number[] = [];
    const open = (name: string, flags: number): number => {
      const fd = openFifo(join(this.directory, name), flags | O_NONBLOCK);
      opened.push(fd);
      return fd;
    };
    try {
      const stdout = open('stdout', O_RDONLY);
      const stderr = open('stderr', O_RDONLY);
      return { stdout, stderr, stdin: stdin && this.stdin ? this.#openStdin(open) : undefined };
    } catch (error) {
      for (const fd of opened) closeSync(fd);
      throw error;
    }
  }

  /** One FIFO with both ends the shim's, 0600. */
  makeRelay(name: string): { read: number; write: number } {
    this.#makeOne(name, 0o600);
    return this.openRelay(name);
  }

  /** Its ends, after a restart. */
  openRelay(name: string): { read: number; write: number } {
    const path = join(this.directory, name);
    const read = openFifo(path, O_RDONLY | O_NONBLOCK);
    try {
      return { read, write: openFifo(path, O_WRONLY | O_NONBLOCK) };
    } catch (error) {
      closeSync(read);
      throw error;
    }
  }

  #makeOne(name: string, mode: number): void {
    const path = join(this.directory, name);
    try {
      native.mkfifo(path, mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Left by a shimd that was killed before it started the process.
      rmSync(path);
      native.mkfifo(path, mode);
    }
  }

  /** A FIFO without a reader can't be opened for writing without blocking: O_RDWR opens always. */
  #openStdin(open: (name: string, flags: number) => number): number {
    const both = openFifo(join(this.directory, 'stdin'), O_RDWR | O_NONBLOCK);
    try {
      return open('stdin', O_WRONLY);
    } finally {
      closeSync(both);
    }
  }

  /**
   * Outputs are opened for reading too: the container then always has a reader, itself, and gets no SIGPIPE when the shim dies.
   * All without O_NONBLOCK, which a program would not expect.
   */
  #openChildEnds(): ChildEnds {
    const stdout = openFifo(join(this.directory, 'stdout'), O_RDWR);
    const stderr = openFifo(join(this.directory, 'stderr'), O_RDWR);
    if (!this.stdin) return { stdin: openSync('/dev/null', O_RDONLY), stdout, stderr };
    const both = openFifo(join(this.directory, 'stdin'), O_RDWR);
    const stdin = openFifo(join(this.directory, 'stdin'), O_RDONLY);
    closeSync(both);
    return { stdin, stdout, stderr };
  }
}

function openFifo(path: string, flags: number): number {
  let fd: number;
  try {
    fd = openSync(path, flags | O_NOFOLLOW);
  } catch (cause) {
    throw new ShimError('SHIM_IO', `cannot open ${path}: ${(cause as Error).message}`, { where: path, cause });
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new ShimError('SHIM_STATE_INSECURE', `${path} is not a FIFO`, { where: path });
}
