import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import { within } from '../suite/until.js';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import { itemText, writtenText } from './texts.js';

const FLOOD_BATCHES = 40;
const BLANK_LINES_A_BATCH = 500;
const MOST_BATCHES = 100;
const LINES_A_BATCH = 100;
/** Somewhere in the second record of a batch, whatever is put before each. */
const TORN_AT = 120;

/** Floods, full and hanging places, and a shim that is killed while it writes. */
export const troubleTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'keeps each of a flood of blank lines',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      const blank = Array.from({ length: BLANK_LINES_A_BATCH }, () => '\n');
      for (let i = 0; i < FLOOD_BATCHES; i++) await writer.write(blank);
      await writer.write(['end\n']);
      await writer.flush();
      const items = await bench.read();
      expect(items).toHaveLength(FLOOD_BATCHES * BLANK_LINES_A_BATCH + 1);
      expect(writtenText(items.slice(-2))).toBe('\nend\n');
    },
  },
  { title: 'keeps whole records when the shim is killed in the middle of a write', needs: ['read'], run: isKilled },
  {
    title: 'counts what a full place does not take, keeps the rest, and goes on when there is room',
    needs: ['read', 'troubles.full'],
    run: isFull,
  },
  {
    title: 'goes on, in order and without doubles, after its place did not answer for a while',
    needs: ['read', 'troubles.hang'],
    run: hangs,
  },
];

async function isKilled(bench: LogBench): Promise<void> {
  const killed = await bench.writer();
  await killed.write(['one\n']);
  await killed.flush();
  const lines = ['a', 'b', 'c'].map((letter) => `${letter.repeat(40)}\n`);
  await killed.killInWrite(lines, TORN_AT);
  const writer = await bench.writer();
  // Of the record that is torn.
  writer.mayComplain();
  // The host gives what was not taken to the next instance.
  await writer.write(lines);
  await writer.write(['end\n']);
  await writer.flush();
  const texts = entriesOf(await bench.read()).map(itemText);
  const doubled = texts.slice(1, -4);
  expect(texts).toEqual(['one\n', ...lines.slice(0, doubled.length), ...lines, 'end\n']);
}

async function isFull(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  await writer.write(['one\n']);
  await writer.flush();
  writer.mayComplain();
  const taken = ['one\n'];
  let lost = 0;
  const empty = await bench.trouble('full', writer);
  try {
    for (let batch = 0; lost === 0 && batch < MOST_BATCHES; batch++) {
      const lines = Array.from({ length: LINES_A_BATCH }, (_, i) => `${batch} ${i} ${'x'.repeat(100)}\n`);
      lost = await writer.attempt(lines);
      taken.push(...lines.slice(0, lines.length - lost));
    }
    expect(lost).toBeGreaterThan(0);
  } finally {
    await empty();
  }
  await writer.write(['end\n']);
  await writer.flush();
  expect(writtenText(entriesOf(await bench.read()))).toBe([...taken, 'end\n'].join(''));
}

async function hangs(bench: LogBench): Promise<void> {
  const writer = await bench.writer();
  await writer.write(['one\n']);
  await writer.flush();
  const release = await bench.trouble('hang', writer);
  const hung = writer.attempt(['two\n']);
  // The host gives up, and asks for nothing until it is answered.
  await release();
  const lost = await within('the write that hung', hung);
  await writer.write(['three\n']);
  await writer.flush();
  expect(writtenText(entriesOf(await bench.read()))).toBe(lost === 0 ? 'one\ntwo\nthree\n' : 'one\nthree\n');
}

/** A driver may show what it lost as a gap. */
function entriesOf(items: readonly (LogEntry | LogGap)[]): LogEntry[] {
  return items.filter((item) => item.type === 'entry');
}
