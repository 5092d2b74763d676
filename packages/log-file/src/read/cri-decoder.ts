import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import { gapOf } from '../gap-text.js';
import { CriHeaderParser, type CriHeader } from './cri-header.js';
import type { RecordDecoder, RecordHead } from './decoder.js';
import { PIECE_LIMIT, type Piece } from './splitter.js';

/** Lines `TIME STREAM P|F TEXT`. */
export class CriDecoder implements RecordDecoder {
  readonly headSize = 160;
  readonly longestPiece = PIECE_LIMIT;
  readonly terminates = true;
  private readonly parser = new CriHeaderParser();
  /** Of the line that is being read. */
  private current: CriHeader | undefined;

  head(line: Buffer): RecordHead | undefined {
    return this.parser.parse(line);
  }

  decode(piece: Piece): LogEntry | LogGap | undefined {
    if (piece.starts) this.current = this.parser.parse(piece.bytes);
    if (this.current?.gap === true) return piece.starts ? gapIn(this.current, piece) : undefined;
    if (this.current !== undefined) return entryOf(this.current, piece);
    return piece.starts ? { type: 'gap', records: 1, reason: 'a line that is no CRI record' } : undefined;
  }

  torn(piece: Piece): LogEntry | undefined {
    const entry = this.decode(piece);
    return entry?.type === 'entry' ? entry : undefined;
  }
}

function gapIn({ stream, time, textAt }: CriHeader, { bytes }: Piece): LogGap {
  return gapOf(bytes.toString('utf8', textAt), { stream, time });
}

function entryOf({ stream, time, partial, textAt }: CriHeader, { bytes, starts, ends }: Piece): LogEntry {
  const text = starts ? bytes.subarray(textAt) : bytes;
  return { type: 'entry', stream, time, bytes: text, partial: partial || !ends };
}
