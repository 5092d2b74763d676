import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_MS = 1_000;

/** What {@link untilWritten} needs to know. */
export interface UntilWritten {
  /** The first failure: others than the writer need not wait for it to be over. */
  readonly onFailure: (error: unknown) => void;
  /** True if what was to be written is not wanted any more. */
  readonly abandoned: () => boolean;
}

/** Writes, again every second if need be: a state directory without space has some later. */
export async function untilWritten(write: () => Promise<void>, { onFailure, abandoned }: UntilWritten): Promise<void> {
  for (let failed = false; !abandoned(); failed = true) {
    try {
      return await write();
    } catch (error) {
      if (!failed) onFailure(error);
      await delay(AGAIN_MS);
    }
  }
}
