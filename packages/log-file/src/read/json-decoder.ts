import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import { gapOf } from '../gap-text.js';
import { GAP_ATTR } from '../write/json-attrs.js';
import type { RecordDecoder, RecordHead } from './decoder.js';
import { RecordTimeParser } from './record-time.js';
import type { Piece } from './splitter.js';

/** The largest record, 256 KiB, of bytes that take six characters each, and what stands around it. */
const LONGEST_LINE = 2 << 20;

/** Lines `{"log":"…\\n","stream":"stdout","time":"…"}`, as docker's json-file writes them too. */
export class JsonDecoder implements RecordDecoder {
  /** What is wanted stands at the end of a line. */
  readonly headSize = LONGEST_LINE;
  readonly longestPiece = LONGEST_LINE;
  readonly terminates = true;
  private readonly times = new RecordTimeParser();

  head(line: Buffer): RecordHead | undefined {
    const item = this.parse(line);
    if (item?.type !== 'gap') return item && { ...item, gap: false };
    const { stream, time } = item;
    return stream && { stream, time, partial: false, gap: true };
  }

  decode(piece: Piece): LogEntry | LogGap | undefined {
    const item = piece.starts && piece.ends ? this.parse(piece.bytes) : undefined;
    if (item !== undefined) return item;
    return piece.starts ? { type: 'gap', records: 1, reason: 'a line that is no JSON record' } : undefined;
  }

  torn({ bytes, starts }: Piece): LogEntry | undefined {
    const item = starts ? this.parse(bytes) : undefined;
    return item?.type === 'entry' ? item : undefined;
  }

  private parse(line: Buffer): LogEntry | LogGap | undefined {
    const { log = '', stream, time, attrs } = fieldsOf(line);
    if (typeof log !== 'string' || typeof time !== 'string') return undefined;
    if (stream !== 'stdout' && stream !== 'stderr') return undefined;
    const nanoseconds = this.times.parse(time);
    if (nanoseconds === undefined) return undefined;
    const partial = !log.endsWith('\n');
    const text = partial ? log : log.slice(0, -1);
    if (isGap(attrs)) return gapOf(text, { stream, time: nanoseconds });
    return { type: 'entry', stream, time: nanoseconds, bytes: Buffer.from(text), partial };
  }
}

function isGap(attrs: unknown): boolean {
  return typeof attrs === 'object' && attrs !== null && Object.hasOwn(attrs, GAP_ATTR);
}

function fieldsOf(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
