import type { ChildStdio } from '../plugin/child-stdio.js';
import { ShimError } from '../plugin/shim-error.js';
import type { StreamName } from '../plugin/log-batch.js';
import type { OnTaken } from './input-writer.js';
import type { ContainerIo } from './container-io.js';

/** Descriptors that somebody else has, and that a process gets as its own. */
export type GivenStdio = Pick<ChildStdio, 'stdin' | 'stdout' | 'stderr'>;

/** The stdio of a process that has its starter's: nothing of it is the shim's, here or after a restart. */
export class GivenIo implements ContainerIo {
  readonly unattachable = 'its stdio is that of who started it';
  readonly drained = Promise.resolve();
  #given: GivenStdio | undefined;

  /** `key` as of `ProcessIoOptions`. */
  constructor(private readonly key: string) {}

  /** What {@link make} hands on. It stays the giver's. */
  give(stdio: GivenStdio): void {
    this.#given = stdio;
  }

  make(): Promise<ChildStdio> {
    if (this.#given === undefined) return Promise.reject(new ShimError('SHIM_INTERNAL', 'no stdio was given'));
    return Promise.resolve({ ...this.#given, owner: this.key });
  }

  closeChildEnds(): void {
    this.#given = undefined;
  }

  made(): Promise<void> {
    return Promise.resolve();
  }

  reopen(): Promise<void> {
    return Promise.resolve();
  }

  start(): void {
    // Nothing is read.
  }

  letPass(): void {
    // Nothing waits.
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  unrecorded(): readonly (readonly [StreamName, Buffer])[] {
    return [];
  }

  writeStdin(bytes: Buffer, onTaken?: OnTaken): Promise<void> {
    onTaken?.(bytes.length);
    return Promise.resolve();
  }

  closeStdin(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}
