import { describe, expect, it } from 'vitest';
import { LogBench } from '../src/log-driver/log-bench.js';
import { logDriverTests } from '../src/log-driver/log-driver-tests.js';
import { definitionTests } from '../src/suite/definition-tests.js';
import { memoryDriver, type Mistake } from './support/memory-driver.js';

/** A mistake, and a test that must find it. */
const FOUND: readonly (readonly [Mistake, string])[] = [
  ['keeps the batch', 'keeps one line'],
  ['changes the batch', 'changes nothing in a batch'],
  ['loses a last partial record', 'can be read after close, to the last record'],
  ['mixes containers', 'does not mix two containers'],
  ['mixes namespaces', 'does not mix two containers of one id in two namespaces'],
  ['reads bytes as text', 'keeps bytes that are no UTF-8'],
  ['trims lines', 'keeps spaces and tabs around words'],
  ['calls every record a line', 'takes a run of partial records for one line of the tail'],
  ['begins anew after a restart', 'goes on in a new instance after a restart of the shim'],
  ['makes directories in create', 'only stores in create: nothing is on disk before open'],
  ['lists an absent method', 'has the required methods, and leaves out what it does not support'],
  ['mixes streams', 'keeps both streams apart'],
  ['loses times', 'keeps the time of each batch'],
  ['stops before the end', 'follows to the last record, which has no newline'],
  ['counts a lost record', 'takes records between open and close and loses none'],
  ['forgets gaps', 'tells of lost records where they are missing, and whose, how many and why'],
  ['takes text for gaps', 'takes no line of the container for lost records'],
  ['accepts any option', 'refuses an option that it does not know'],
];

/** Runs one test of the suite. Rejects as it does, or with what was left behind. */
async function run(title: string, mistake?: Mistake): Promise<void> {
  const subject = { name: 'memory', definition: memoryDriver(mistake) };
  const tests = [
    ...definitionTests(subject.definition, 'log-driver', () => Promise.resolve({})),
    ...logDriverTests(subject),
  ];
  const test = tests.find((candidate) => candidate.title === title);
  if (test === undefined) throw new Error(`no test "${title}"`);
  const bench = await LogBench.open(subject);
  try {
    await test.run(bench);
  } finally {
    await bench.close();
  }
}

describe('the suite of log drivers', () => {
  it.each(FOUND)('finds a driver that %s: %s', async (mistake, title) => {
    await expect(run(title, mistake)).rejects.toThrow();
    await expect(run(title)).resolves.toBeUndefined();
  });
});
