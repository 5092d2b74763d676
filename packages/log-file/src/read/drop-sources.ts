import type { LogQuery } from '@holdfast/core/plugin';
import type { LogFormat } from '../formats.js';
import { closeSources, type Source } from './source.js';

/** Times of files and records come from clocks that may differ by a few milliseconds, and two streams are written in turn. */
export const CLOCK_SLACK_NS = 1_000_000_000n;

const CHUNK = 64 * 1024;

/** Files last written before `since` hold nothing after it. The youngest stays: it may be written yet. */
export async function dropOld(sources: readonly Source[], since: bigint | undefined): Promise<Source[]> {
  if (since === undefined) return [...sources];
  const isOld = (source: Source): boolean => source !== sources.at(-1) && source.modifiedNs + CLOCK_SLACK_NS < since;
  await closeSources(sources.filter(isOld));
  return sources.filter((source) => !isOld(source));
}

/** Files whose first record is behind `until` hold nothing before it; one that is followed stays. */
export async function dropLate(
  sources: readonly Source[],
  { until, follow }: Pick<LogQuery, 'until' | 'follow'>,
  format: LogFormat,
): Promise<Source[]> {
  if (until === undefined || follow !== undefined) return [...sources];
  const kept: Source[] = [];
  for (const source of sources) {
    const first = await firstTime(source, format);
    if (first === undefined || first < until + CLOCK_SLACK_NS) kept.push(source);
    else await closeSources([source]);
  }
  return kept;
}

/** Undefined if the first line is no record, or too long to tell. */
async function firstTime({ bytes }: Source, format: LogFormat): Promise<bigint | undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  const length = await bytes.read(chunk, CHUNK, 0).catch(() => 0);
  const newline = chunk.subarray(0, length).indexOf(10);
  return newline < 0 ? undefined : format.decoder().head(chunk.subarray(0, newline), true)?.time;
}
