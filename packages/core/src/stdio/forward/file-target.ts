import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { PIPE_STATE } from '@holdfast/native';
import { makeDirectories } from '../../files/make-directories.js';
import { within } from '../../logging/deadline.js';
import type { FileLane } from '../../plugin/file-lane.js';
import { ShimError } from '../../plugin/shim-error.js';
import type { PeekBuffers } from '../peek-buffers.js';
import { PipeSource } from '../pipe-source.js';
import type { OutputTarget } from './output-target.js';

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
const OPEN_TIMEOUT_MS = 10_000;

export interface FileTargetOptions {
  readonly path: string;
  readonly lane: FileLane;
  readonly buffers: PeekBuffers;
  /** So many bytes could not be written. */
  readonly onLost: (bytes: number, error: unknown) => void;
}

/**
 * A file that output is appended to, on its lane's thread. The path is the asker's, who may name any; a symbolic link at its end is not
 * followed, since a container may have made it.
 */
export class FileTarget implements OutputTarget {
  readonly patienceMs = 0;
  #closed = false;

  private constructor(
    private readonly fd: number,
    private readonly options: FileTargetOptions,
  ) {}

  /** Makes it, and the directories above it. Throws SHIM_LOG_OPEN. */
  static async open(options: FileTargetOptions): Promise<FileTarget> {
    const { path, lane } = options;
    try {
      makeDirectories(dirname(path), 0o755);
      const opening = lane.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
      if (!(await within(OPEN_TIMEOUT_MS, opening))) {
        void opening.then((fd) => lane.close(fd)).catch(() => undefined);
        throw new Error('the disk does not answer');
      }
      const target = new FileTarget(await opening, options);
      if ((await lane.stat(target.fd)).isFile) return target;
      target.close();
      throw new Error('is no file');
    } catch (cause) {
      throw new ShimError('SHIM_LOG_OPEN', `${path}: ${(cause as Error).message}`, { where: path, cause });
    }
  }

  room(): number {
    return Infinity;
  }

  /** A kill between writing and consuming doubles what was written. */
  async take(source: number, most: number): Promise<number> {
    const { lane, buffers, onLost } = this.options;
    const pipe = new PipeSource(source, buffers);
    const buffer = buffers.take();
    try {
      const bytes = pipe.peek(buffer.subarray(0, Math.min(most, buffer.length)));
      if (bytes <= 0) return bytes;
      await lane.write(this.fd, buffer.subarray(0, bytes)).catch((error: unknown) => {
        onLost(bytes - ((error as { written?: number }).written ?? 0), error);
      });
      // The source's number may be another file's by now.
      if (this.#closed) return PIPE_STATE.EMPTY;
      pipe.discard(bytes);
      return bytes;
    } finally {
      buffers.give(buffer);
    }
  }

  watch(): () => void {
    return () => undefined;
  }

  widen(): void {
    // It is never full.
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.options.lane.close(this.fd).catch(() => undefined);
  }
}
