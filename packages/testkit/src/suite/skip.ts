/** Tests of a suite that a plugin does not pass, and why that is right. */
export interface Skip {
  /** Shown in the title of each test skipped. */
  readonly reason: string;
  /** Titles, or patterns that titles match. */
  readonly tests: readonly (string | RegExp)[];
}

/** True if `wanted` names the test `title`. */
export function names(wanted: string | RegExp, title: string): boolean {
  return typeof wanted === 'string' ? wanted === title : wanted.test(title);
}

/** Why the test `title` is skipped; undefined if it is not. */
export function skipReason(title: string, skips: readonly Skip[]): string | undefined {
  return skips.find(({ tests }) => tests.some((wanted) => names(wanted, title)))?.reason;
}

/** What is wrong with the skips: an empty reason, or a name that no test has. */
export function skipProblems(titles: readonly string[], skips: readonly Skip[]): string[] {
  const unnamed = skips
    .filter(({ reason }) => reason.trim() === '')
    .map(({ tests }) => `no reason: ${tests.join(', ')}`);
  const wanted = skips.flatMap(({ tests }) => tests);
  const unknown = wanted.filter((entry) => !titles.some((title) => names(entry, title)));
  return [...unnamed, ...unknown.map((entry) => `no such test: ${String(entry)}`)];
}
