import type { StreamName } from '../plugin/log-batch.js';

/** Takes one output of a process out of its FIFO, wherever to. */
export interface OutputReader {
  readonly stream: StreamName;
  /** Resolves at end of file, or once `finish` has passed on what there was. */
  readonly ended: Promise<void>;
  start(): void;
  /** Passes on what there is now and ends: the time to wait for the end of file is up. */
  finish(): void;
  /** Ends without reading: the process is being removed. */
  close(): void;
  /** Bytes that clients have had and no record holds yet. */
  unrecorded(): Buffer;
}
