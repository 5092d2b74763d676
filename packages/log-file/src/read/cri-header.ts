import type { StreamName } from '@holdfast/core/plugin';
import type { RecordHead } from './decoder.js';
import { RecordTimeParser } from './record-time.js';

/** Head of a CRI line, and where its text begins. */
export interface CriHeader extends RecordHead {
  readonly time: bigint;
  readonly textAt: number;
}

const SPACE = 32;
const LONGEST = 128;
const TAG = /^[PF](?::|$)/;
const GAP = /^F:(?:.*:)?gap(?::|$)/;

/** Reads heads of CRI lines, also of other writers: any number of fraction digits, any time zone, further tags. */
export class CriHeaderParser {
  private readonly times = new RecordTimeParser();

  /** Undefined if `line` has no whole head. */
  parse(line: Buffer): CriHeader | undefined {
    const timeEnd = line.subarray(0, LONGEST).indexOf(SPACE);
    const streamEnd = line.subarray(0, LONGEST).indexOf(SPACE, timeEnd + 1);
    const tagEnd = line.subarray(0, LONGEST).indexOf(SPACE, streamEnd + 1);
    if (timeEnd < 0 || streamEnd < 0 || tagEnd <= streamEnd) return undefined;
    const stream = streamOf(line.toString('latin1', timeEnd + 1, streamEnd));
    const tag = line.toString('latin1', streamEnd + 1, tagEnd);
    const time = this.times.parse(line.toString('latin1', 0, timeEnd));
    if (stream === undefined || time === undefined || !TAG.test(tag)) return undefined;
    return { stream, time, partial: tag.startsWith('P'), gap: GAP.test(tag), textAt: tagEnd + 1 };
  }
}

function streamOf(text: string): StreamName | undefined {
  return text === 'stdout' || text === 'stderr' ? text : undefined;
}
