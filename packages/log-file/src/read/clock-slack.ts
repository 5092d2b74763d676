/** Times of files and records come from clocks that may differ by a few milliseconds, and two streams are written in turn. */
export const CLOCK_SLACK_NS = 1_000_000_000n;
