import { expect, it } from 'vitest';
import { skipProblems, skipReason, type Skip } from './skip.js';

/** A test of a conformance suite. `B` is what it works with. */
export interface ConformanceTest<B> {
  /** A sentence. */
  readonly title: string;
  /** Optional methods, or means of the subject such as `troubles.full`, without which there is nothing to test. */
  readonly needs?: readonly string[];
  run(bench: B): Promise<void> | void;
}

/** A suite for one plugin. */
export interface Suite<B> {
  readonly tests: readonly ConformanceTest<B>[];
  /** Optional methods that the plugin does not have, and means that the subject does not have. */
  readonly absent: readonly string[];
  readonly skip: readonly Skip[];
  open(): Promise<B>;
  /** Closes it and tells what is left behind. */
  close(bench: B): Promise<string[]>;
}

/** Hands the tests to vitest: those for which the plugin lacks a method, and those skipped by choice, with the reason in the title. */
export function registerTests<B>(suite: Suite<B>): void {
  for (const test of suite.tests) {
    const reason = skipReason(test.title, suite.skip) ?? absentMethod(test, suite.absent);
    if (reason === undefined) it(test.title, () => runOn(suite, test));
    else it.skip(`${test.title} (skipped: ${reason})`, () => runOn(suite, test));
  }
  if (suite.skip.length === 0) return;
  it('each skip has a reason and names a test of the suite', () => {
    const titles = suite.tests.map(({ title }) => title);
    expect(skipProblems(titles, suite.skip)).toEqual([]);
  });
}

function absentMethod<B>({ needs = [] }: ConformanceTest<B>, absent: readonly string[]): string | undefined {
  const missing = needs.filter((method) => absent.includes(method));
  if (missing.length === 0) return undefined;
  const isMethod = missing.every((name) => !name.includes('.'));
  return isMethod
    ? `unsupported: there is no method ${missing.join(', ')}`
    : `the subject has no ${missing.join(', ')}`;
}

async function runOn<B>(suite: Suite<B>, test: ConformanceTest<B>): Promise<void> {
  const bench = await suite.open();
  let left: string[];
  try {
    await test.run(bench);
  } finally {
    left = await suite.close(bench);
  }
  expect(left, 'left behind').toEqual([]);
}
