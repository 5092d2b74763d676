import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import type { RecordDecoder, RecordHead } from './decoder.js';
import { RecordTimeParser } from './record-time.js';
import { PIECE_LIMIT, type Piece } from './splitter.js';

/** Lines `{"log":"…\\n","stream":"stdout","time":"…"}`, as docker's json-file writes them too. */
export class JsonDecoder implements RecordDecoder {
  /** What is wanted stands at the end of a line. */
  readonly headSize = PIECE_LIMIT;
  readonly terminates = true;
  private readonly times = new RecordTimeParser();

  head(line: Buffer): RecordHead | undefined {
    return this.parse(line);
  }

  decode(piece: Piece): LogEntry | LogGap | undefined {
    const entry = piece.starts && piece.ends ? this.parse(piece.bytes) : undefined;
    if (entry !== undefined) return entry;
    return piece.starts ? { type: 'gap', records: 1, reason: 'a line that is no JSON record' } : undefined;
  }

  torn({ bytes, starts }: Piece): LogEntry | undefined {
    return starts ? this.parse(bytes) : undefined;
  }

  private parse(line: Buffer): LogEntry | undefined {
    const { log = '', stream, time } = fieldsOf(line);
    if (typeof log !== 'string' || typeof time !== 'string') return undefined;
    if (stream !== 'stdout' && stream !== 'stderr') return undefined;
    const nanoseconds = this.times.parse(time);
    if (nanoseconds === undefined) return undefined;
    const partial = !log.endsWith('\n');
    const bytes = Buffer.from(partial ? log : log.slice(0, -1));
    return { type: 'entry', stream, time: nanoseconds, bytes, partial };
  }
}

function fieldsOf(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
