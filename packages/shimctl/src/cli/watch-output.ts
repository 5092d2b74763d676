import { ShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from './environment.js';

/** What becomes of stdout. */
export interface OutputWatch {
  /** Rejects when stdout fails: with {@link OUTPUT_CLOSED} if its reader has gone. Never resolves. */
  readonly failed: Promise<never>;
  stop(): void;
}

/** `shimctl list | head -1`: there is nothing left to do, and nobody to tell. */
export const OUTPUT_CLOSED = new Error('nobody reads the output any more');

/** Watches stdout; what happens to stderr can be told to nobody. */
export function watchOutput({ stdout, stderr }: Pick<CliEnvironment, 'stdout' | 'stderr'>): OutputWatch {
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const onError = (error: NodeJS.ErrnoException): void => fail(outputError(error));
  stdout.on('error', onError);
  stderr.on('error', ignore);
  return {
    failed,
    stop: () => {
      // What is still buffered may fail later, and an error that nobody listens for ends the process.
      stdout.off('error', onError).on('error', ignore);
    },
  };
}

/** What a failed write to stdout means. */
export function outputError(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return OUTPUT_CLOSED;
  return new ShimError('SHIM_IO', `cannot write to stdout: ${error.message}`, { cause: error });
}

const ignore = (): void => undefined;
