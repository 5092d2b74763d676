import { performance } from 'node:perf_hooks';

/** Keeps the thread busy for `ms`: no timer, no promise and no I/O gets its turn. */
export function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
