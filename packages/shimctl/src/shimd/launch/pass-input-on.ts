import type { Readable } from 'node:stream';
import { asShimError, type Attachable, type ShimError } from '@holdfast/core';

/** How input is passed on. */
export interface InputPassing {
  /** The end of the source is not the end of stdin. */
  readonly leaveStdinOpen?: boolean | undefined;
  /** So many bytes more have been taken by the process's side. */
  readonly onTaken: (bytes: number) => void;
  /** All that was read has. */
  readonly onIdle: () => void;
  readonly onError: (error: ShimError) => void;
}

/** Gives a process's stdin what a source has, a chunk at a time. Returns the function that lets go of the source. */
export function passInputOn(
  source: Readable,
  target: Pick<Attachable, 'writeStdin' | 'closeStdin'>,
  passing: InputPassing,
): () => void {
  const { onTaken, onIdle, onError } = passing;
  const failed = (error: unknown): void => onError(asShimError(error));
  let over = false;
  let writing: Promise<void> = Promise.resolve();
  const take = (chunk: Buffer): void => {
    source.pause();
    writing = target.writeStdin(chunk, onTaken).then(() => {
      onIdle();
      if (!over) source.resume();
    }, failed);
  };
  /** A source that fails has no more to say: the process sees an end of file. */
  const finish = (): void => {
    if (over) return;
    over = true;
    if (passing.leaveStdinOpen !== true) writing.then(() => target.closeStdin()).catch(failed);
  };
  source.on('data', take).on('end', finish).on('close', finish).on('error', finish);
  if (source.readableEnded || source.destroyed) finish();
  return () => {
    over = true;
    source.off('data', take).off('end', finish).off('close', finish).off('error', finish);
    source.pause();
  };
}
