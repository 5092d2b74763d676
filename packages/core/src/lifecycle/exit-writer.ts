import type { ExitRecord } from '../state/container-record.js';
import { untilWritten } from '../state/until-written.js';

export interface ExitWriterOptions {
  readonly write: (exit: ExitRecord) => Promise<void>;
  /** It can't be written yet. */
  readonly onFailure: (error: unknown) => void;
  /** True once there is no place to write to. */
  readonly abandoned: () => boolean;
}

/** Writes down how a process ended, again and again until it is written. */
export class ExitWriter {
  #latest: ExitRecord | undefined;

  constructor(private readonly options: ExitWriterOptions) {}

  /**
   * Resolves once it is written, or when it can't be for now: whoever waits is not held up by a full disk. `written` is called when
   * it is.
   */
  record(exit: ExitRecord, written: () => void): Promise<void> {
    const { write, onFailure, abandoned } = this.options;
    this.#latest = exit;
    return new Promise((resolve, reject) => {
      const delayed = (error: unknown): void => {
        onFailure(error);
        resolve();
      };
      // An earlier one may still be tried when a later one has come.
      untilWritten(() => write(this.#latest ?? exit), { onFailure: delayed, abandoned })
        .then(written)
        .then(resolve, reject);
    });
  }
}
