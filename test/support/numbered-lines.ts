import { expect } from 'vitest';

/** What a lane moves in a round: the most that one batch can be. */
const BATCH_BYTES = 512 << 10;
const PADDING = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes /out/sigpipe if it ever gets SIGPIPE. */
export const SIGPIPE_TRAP = `trap 'echo got > /out/sigpipe' PIPE`;
/** Waits for /out/go. */
export const WAIT_FOR_GO = 'while [ ! -e /out/go ]; do sleep 0.02; done';

/** Shell that prints the lines `from` to `to` (exclusive) on both streams, with `pause` after each. */
export function printLines(from: number, to: number, pause = ''): string {
  return `i=${from}; while [ $i -lt ${to} ]; do ${printOne()}; ${pause === '' ? '' : `${pause};`} i=$((i+1)); done`;
}

/** Shell that prints lines on both streams, as fast as it can, until /out/go is there, and then their number to /out/count. */
export const PRINT_UNTIL_GO = printUntilGo('');

/** The same with a pause after each hundred: for what takes long, and must not take a processor and a disk all the while. */
export const PRINT_CALMLY_UNTIL_GO = printUntilGo('sleep 0.05; ');

function printUntilGo(pause: string): string {
  return `i=0; while [ ! -e /out/go ]; do j=$((i+100)); while [ $i -lt $j ]; do ${printOne()}; i=$((i+1)); done; ${pause}done; echo $i > /out/count`;
}

function printOne(): string {
  return `echo "o $i ${PADDING}"; echo "e $i ${PADDING}" >&2`;
}

/** What came of lines that were numbered from 0. */
export interface Reading {
  /** The number of different lines that came in order. */
  readonly lines: number;
  readonly lost: readonly number[];
  readonly torn: readonly string[];
  /** One for each time that the numbers go back. */
  readonly doubled: readonly { readonly from: number; readonly lines: number }[];
}

/** Reads one stream's lines back. */
export function readLines(text: string, mark: 'o' | 'e'): Reading {
  const pattern = new RegExp(`^${mark} ([0-9]+) ${PADDING}$`);
  const lost: number[] = [];
  const torn: string[] = [];
  const doubled: { from: number; lines: number }[] = [];
  let next = 0;
  let previous = -1;
  for (const line of text === '' ? [] : text.replace(/\n$/, '').split('\n')) {
    const number = Number(pattern.exec(line)?.[1] ?? NaN);
    if (Number.isNaN(number)) torn.push(line);
    else if (number < next) {
      if (number !== previous + 1 || doubled.length === 0) doubled.push({ from: number, lines: 0 });
      (doubled.at(-1) as { lines: number }).lines += 1;
    } else {
      for (; next < number; next += 1) lost.push(next);
      next += 1;
    }
    if (!Number.isNaN(number)) previous = number;
  }
  return { lines: next, lost, torn, doubled };
}

/** What shimctl says when it is connected to the next shimd. */
const REMARK = /^shimctl: the shim was started again; connected to it(\n|$)/gm;

/** What the process wrote to stderr, without the remark of shimctl, which may come once for each time that shimd was killed. */
export function ofProcess(stderr: unknown, kills = 1): string {
  const text = String(stderr);
  expect(text.match(REMARK)?.length ?? 0).toBeLessThanOrEqual(kills);
  return text.replace(REMARK, '');
}

/** Fails unless `count` lines came, none lost, none torn, and at most one batch doubled for each time that shimd was killed. */
export function expectWhole(reading: Reading, count: number, kills: number): void {
  const doubled = reading.doubled.map(({ from, lines }) => `${lines} from ${from}`).join(', ');
  const { lines, lost, torn } = reading;
  expect({ lines, lost, torn }, `doubled: ${doubled || 'none'}`).toEqual({ lines: count, lost: [], torn: [] });
  expect(reading.doubled.length, `runs of doubled lines: ${doubled}`).toBeLessThanOrEqual(kills);
  const largest = Math.max(0, ...reading.doubled.map((run) => run.lines));
  expect(largest * (PADDING.length + 4), `bytes of the largest run: ${doubled}`).toBeLessThanOrEqual(BATCH_BYTES);
}
