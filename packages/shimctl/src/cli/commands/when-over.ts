/** What setTimeout takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** How long a record that was read from the container may take to its log. */
const GRACE_MS = 500;

/** Calls `over` when no record from before `until` (nanoseconds since the epoch) is expected any more; returns how to cancel it. */
export function whenOver(until: bigint | undefined, over: () => void): () => void {
  if (until === undefined) return () => undefined;
  const end = Number(until / 1_000_000n) + GRACE_MS;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = end - Date.now();
    timer = setTimeout(left > LONGEST_MS ? wait : over, Math.max(0, Math.min(left, LONGEST_MS)));
  };
  wait();
  return () => clearTimeout(timer);
}
