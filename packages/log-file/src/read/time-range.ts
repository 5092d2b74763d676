import type { LogQuery } from '@holdfast/core/plugin';
import { CLOCK_SLACK_NS } from './clock-slack.js';
import type { RecordDecoder } from './decoder.js';
import { probe, type Probe } from './probe.js';
import type { Source } from './source.js';

/** The part of a file that a query's times ask for: offsets of lines, the second one without its line. */
export interface FileRange {
  readonly from: number;
  readonly to: number;
}

export const WHOLE_FILE: FileRange = { from: 0, to: Infinity };

/** Smaller files are read whole; so much more than needed may be read of others. */
const SMALL = 4 << 20;
const CLOSE_ENOUGH = 1 << 20;
const MOST_SAMPLES = 64;

/**
 * Finds the part of a large file by its times. Samples from all over the file must be in the order of time, each but for the slack;
 * if not (the clock was set back), or if they cannot be read, it is the whole file.
 */
export async function findRange(
  source: Source,
  { since, until }: Pick<LogQuery, 'since' | 'until'>,
  decoder: RecordDecoder,
): Promise<FileRange> {
  if ((since === undefined && until === undefined) || source.compressed || source.size < SMALL) return WHOLE_FILE;
  const search = new Search(source, decoder);
  if (!(await search.sample())) return WHOLE_FILE;
  // Records before a sample are at most the slack younger than it, those behind it at most so much older.
  const start = since === undefined ? undefined : await search.narrow((time) => time + CLOCK_SLACK_NS < since);
  const end = until === undefined ? undefined : await search.narrow((time) => time < until + CLOCK_SLACK_NS);
  if (start === 'disorder' || end === 'disorder') return WHOLE_FILE;
  return { from: start?.last?.at ?? 0, to: end?.next?.at ?? Infinity };
}

/** Two neighbours, of which the first is on one side of a time and the second on the other. */
interface Neighbours {
  readonly last: Probe | undefined;
  readonly next: Probe | undefined;
}

class Search {
  private samples: Probe[] = [];

  constructor(
    private readonly source: Source,
    private readonly decoder: RecordDecoder,
  ) {}

  /** False if the file is not in order. */
  async sample(): Promise<boolean> {
    const { size, modifiedNs } = this.source;
    const count = Math.min(MOST_SAMPLES, Math.floor(size / (CLOSE_ENOUGH / 4)));
    for (let i = 0; i < count; i++) {
      const found = await probe(this.source, Math.floor((size / count) * i), this.decoder);
      if (found === undefined) return false;
      this.samples.push(found);
    }
    const times = [...this.samples.map(({ time }) => time), modifiedNs];
    return times.every((time, i) => i === 0 || isOrder(times[i - 1]!, time));
  }

  /** Finds where `isBefore` of the time becomes false. */
  async narrow(isBefore: (time: bigint) => boolean): Promise<Neighbours | 'disorder'> {
    const index = this.samples.findIndex(({ time }) => !isBefore(time));
    let last = index < 0 ? this.samples.at(-1) : this.samples[index - 1];
    let next = index < 0 ? undefined : this.samples[index];
    let end = next?.at ?? this.source.size;
    for (let start = last?.at ?? 0; end - start > CLOSE_ENOUGH; start = last?.at ?? 0) {
      const middle = Math.floor((start + end) / 2);
      const found = await probe(this.source, middle, this.decoder);
      if (found === undefined) return 'disorder';
      if (last !== undefined && !isOrder(last.time, found.time)) return 'disorder';
      if (next !== undefined && !isOrder(found.time, next.time)) return 'disorder';
      // A line longer than half of what is left leads to its end.
      if (found.at >= end) end = middle;
      else if (isBefore(found.time)) last = found;
      else [next, end] = [found, found.at];
    }
    return { last, next };
  }
}

function isOrder(earlier: bigint, later: bigint): boolean {
  return earlier <= later + CLOCK_SLACK_NS;
}
