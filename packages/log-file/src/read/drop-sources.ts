import type { LogQuery } from '@holdfast/core/plugin';
import { FIRST_CHUNK, firstRecordTime } from '../first-record.js';
import type { LogFormat } from '../formats.js';
import { CLOCK_SLACK_NS } from './clock-slack.js';
import { closeSources, type Source } from './source.js';

/**
 * Closes the files that hold nothing of what is asked for, and gives the others. A file is left out if both its ends say so: its
 * first record, and its last change, which is the time of its last record. One of them is not enough where the clock was set
 * meanwhile: a file may begin with times that had been ahead.
 */
export async function dropUnasked(
  sources: readonly Source[],
  { since, until, follow }: Pick<LogQuery, 'since' | 'until' | 'follow'>,
  format: LogFormat,
): Promise<Source[]> {
  if (since === undefined && until === undefined) return [...sources];
  const kept: Source[] = [];
  for (const source of sources) {
    const { modifiedNs } = source;
    // The youngest may be written yet.
    const mayBeOld = since !== undefined && source !== sources.at(-1) && modifiedNs + CLOCK_SLACK_NS < since;
    const mayBeLate = until !== undefined && follow === undefined && modifiedNs + CLOCK_SLACK_NS >= until;
    const first = mayBeOld || mayBeLate ? await firstTime(source, format) : undefined;
    const isOld = mayBeOld && (first === undefined || first + CLOCK_SLACK_NS < since);
    const isLate = mayBeLate && first !== undefined && first >= until + CLOCK_SLACK_NS;
    if (isOld || isLate) await closeSources([source]);
    else kept.push(source);
  }
  return kept;
}

/** Undefined if the first line is no record, or too long to tell. */
async function firstTime({ bytes }: Source, format: LogFormat): Promise<bigint | undefined> {
  const chunk = Buffer.allocUnsafe(FIRST_CHUNK);
  const length = await bytes.read(chunk, FIRST_CHUNK, 0).catch(() => 0);
  return firstRecordTime(chunk.subarray(0, length), format.decoder());
}
