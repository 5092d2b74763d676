import { setTimeout as delay } from 'node:timers/promises';
import { faultPoint } from '@holdfast/core';

/**
 * How long calls get that are soon answered, then batches that are half written, then what waits for log drivers, then events; what takes longer is taken up by
 * the next shimd. Together less than the 10 s after which the keeper kills this one.
 */
const CALLS_MS = 2_000;
const OUTPUT_MS = 2_500;
const LOGS_MS = 3_000;
const EVENTS_MS = 1_000;

/** What a shimd is made of, as far as it must come to rest. */
export interface LetGoParts {
  readonly server: { leave(): void; settled(own: number): Promise<void> };
  readonly launches: { leave(): void; settled(): Promise<void> };
  readonly frontEnds: { leave(reason: 'upgrade', ms: number): Promise<void> };
  readonly shim: { quiet(): Promise<void> };
  readonly containers: { leave(): Promise<void> };
  readonly events: { flush(): Promise<unknown> };
  readonly leave: () => void;
}

/**
 * Ends this shimd for the one that takes its place. Everything is safe from a kill at any time; in order means that no client
 * has to ask twice without need, and that no line is logged twice.
 */
export async function letGo(parts: LetGoParts): Promise<void> {
  const { server, launches, frontEnds, shim, containers, events, leave } = parts;
  server.leave();
  launches.leave();
  // The request for the other shimd is one of the calls, and is answered by that.
  const settled = [server.settled(1), launches.settled(), frontEnds.leave('upgrade', CALLS_MS)];
  await Promise.race([Promise.all(settled), delay(CALLS_MS)]);
  faultPoint('upgrade-letting-go');
  await Promise.race([shim.quiet(), delay(OUTPUT_MS)]);
  await Promise.race([containers.leave(), delay(LOGS_MS)]);
  await Promise.race([events.flush(), delay(EVENTS_MS)]);
  leave();
}
