import { performance } from 'node:perf_hooks';
import type { Exposition } from './exposition.js';

/** Measures when it is asked: a histogram that runs would wake an idle shimd. */
export async function addEventLoop(to: Exposition): Promise<void> {
  const before = performance.now();
  await new Promise((resolve) => setImmediate(resolve));
  to.add('holdfast_event_loop_delay_seconds', (performance.now() - before) / 1000);
  const { active, idle } = performance.eventLoopUtilization();
  to.add('holdfast_event_loop_active_seconds_total', active / 1000);
  to.add('holdfast_event_loop_idle_seconds_total', idle / 1000);
}
