import { performance } from 'node:perf_hooks';
import type { DriverPort } from '../driver-port.js';
import type { WriteFailure } from '../write-failure.js';
import type { GapSet } from './gap-set.js';
import type { Loss } from './loss.js';

/** Tells of all; what can't be told now stays in `gaps`, and why is returned. */
export async function tellGaps(port: DriverPort, gaps: GapSet): Promise<WriteFailure | undefined> {
  // Taken at once: what is lost meanwhile comes behind it.
  const losses = gaps.take();
  const until = performance.now() + port.options.timeoutMs;
  let failure: WriteFailure | undefined;
  while (losses.length > 0 && failure === undefined && performance.now() <= until) {
    failure = await port.tell(losses[0]!);
    if (failure === undefined) losses.shift();
  }
  const later = gaps.take();
  for (const loss of [...losses, ...later]) gaps.add(loss);
  return failure;
}

/** What an earlier shimd counted and did not come to tell. */
export function untoldLosses({ name, options }: DriverPort): Loss[] {
  const now = BigInt(Date.now()) * 1_000_000n;
  return options.ledger.untold(name).map(({ stream = 'stdout', reason, records, bytes }) => {
    return { stream, reason, records, bytes, from: now, to: now, next: 0 };
  });
}
