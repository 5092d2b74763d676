import type { LogBatch, LogDriver } from '@holdfast/core/plugin';

/** How a write ended: what the host reads of a rejection, or `taken`. */
export interface WriteFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly where: string;
  readonly retry: boolean;
  readonly lost: number;
}

/** The rejection of a write; throws if it was taken. */
export async function failureOf(driver: LogDriver, batch: LogBatch): Promise<WriteFailure> {
  try {
    await driver.write(batch);
  } catch (error) {
    return error as WriteFailure;
  }
  throw new Error('the write was taken');
}
