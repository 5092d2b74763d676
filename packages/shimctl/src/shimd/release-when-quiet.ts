import { native } from '@holdfast/native';

/** Nothing has happened for so long: a pause of some ten milliseconds is in nobody's way. */
const QUIET_MS = 1_000;
/** At most once in so long: an exec every few seconds, a probe say, is not to pay for it each time. */
const APART_MS = 10_000;
/** Bytes of growth for which it is worth it. */
const WORTH = 2 << 20;

/** The memory of this process. */
export interface OwnMemory {
  /** Bytes that it has of the system. */
  resident(): number;
  /** Gives back what is free. */
  release(): void;
}

const OWN: OwnMemory = { resident: () => process.memoryUsage.rss(), release: () => native.releaseMemory(true) };

/**
 * Gives memory back once nothing has happened for a while: after the start, in which much was read that nobody needs again, and after each
 * time of work in which it has grown. Call the returned function at every change. Who is at rest is not woken.
 */
export function releaseWhenQuiet(memory: OwnMemory = OWN): () => void {
  let kept = 0;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (memory.resident() < kept + WORTH) return;
    memory.release();
    kept = memory.resident();
    due = performance.now() + APART_MS;
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(QUIET_MS, due - performance.now())).unref();
  };
}
