/** setTimeout takes no more. */
const LONGEST_MS = 0x7fff_ffff;

/** Calls `passed` once, after `ms` of any length. Returns what calls it off. */
export function startDeadline(ms: number, passed: () => void): () => void {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = end - performance.now();
    timer = left > LONGEST_MS ? setTimeout(wait, LONGEST_MS) : setTimeout(passed, Math.max(0, Math.ceil(left)));
  };
  wait();
  return () => clearTimeout(timer);
}
