import type { StreamName } from '@holdfast/core/plugin';
import type { RecordHead } from './decoder.js';

/** Head of a CRI line, and where its text begins. */
export interface CriHeader extends RecordHead {
  readonly time: bigint;
  readonly textAt: number;
}

const SPACE = 32;
const LONGEST = 128;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const TAG = /^[PF](?::|$)/;

/** Reads heads of CRI lines, also of other writers: any number of fraction digits, any time zone, further tags. */
export class CriHeaderParser {
  /** Neighbouring records share their second, and parsing a date is slow. */
  private second = '';
  private secondTime = 0n;

  /** Undefined if `line` has no whole head. */
  parse(line: Buffer): CriHeader | undefined {
    const timeEnd = line.subarray(0, LONGEST).indexOf(SPACE);
    const streamEnd = line.subarray(0, LONGEST).indexOf(SPACE, timeEnd + 1);
    const tagEnd = line.subarray(0, LONGEST).indexOf(SPACE, streamEnd + 1);
    if (timeEnd < 0 || streamEnd < 0 || tagEnd <= streamEnd) return undefined;
    const stream = streamOf(line.toString('latin1', timeEnd + 1, streamEnd));
    const tag = line.toString('latin1', streamEnd + 1, tagEnd);
    const time = this.timeOf(line.toString('latin1', 0, timeEnd));
    if (stream === undefined || time === undefined || !TAG.test(tag)) return undefined;
    return { stream, time, partial: tag.startsWith('P'), textAt: tagEnd + 1 };
  }

  private timeOf(text: string): bigint | undefined {
    const match = TIME.exec(text);
    if (match === null) return undefined;
    const [, fraction = '', zone = 'Z'] = match;
    const second = text.slice(0, 19) + zone;
    if (second !== this.second) {
      const milliseconds = Date.parse(second);
      if (Number.isNaN(milliseconds)) return undefined;
      this.second = second;
      this.secondTime = BigInt(milliseconds) * 1_000_000n;
    }
    return this.secondTime + BigInt(fraction.padEnd(9, '0'));
  }
}

function streamOf(text: string): StreamName | undefined {
  return text === 'stdout' || text === 'stderr' ? text : undefined;
}
