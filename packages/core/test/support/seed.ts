/**
 * How often a property is tried, and from where: the same every time, so that a change that fails is at fault itself. `HOLDFAST_RUNS`
 * and `HOLDFAST_SEED` (`random` for a new one) look further; a failure prints its seed and path.
 */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed: number; readonly verbose: 1 } {
  const { HOLDFAST_RUNS, HOLDFAST_SEED } = process.env;
  const seed = HOLDFAST_SEED === 'random' ? Date.now() % 2 ** 31 : Number(HOLDFAST_SEED ?? 1);
  return { numRuns: Number(HOLDFAST_RUNS ?? numRuns), seed, verbose: 1 };
}
