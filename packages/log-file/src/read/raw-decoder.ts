import type { LogEntry } from '@holdfast/core/plugin';
import type { RecordDecoder, RecordHead } from './decoder.js';
import { PIECE_LIMIT, type Piece } from './splitter.js';

/** Bytes as the container wrote them: everything is stdout, no times. */
export class RawDecoder implements RecordDecoder {
  readonly headSize = 1;
  readonly longestPiece = PIECE_LIMIT;
  readonly terminates = false;

  head(_line: Buffer, terminated: boolean): RecordHead {
    return { stream: 'stdout', time: undefined, partial: !terminated, gap: false };
  }

  decode({ bytes, ends }: Piece): LogEntry {
    return { type: 'entry', stream: 'stdout', time: undefined, bytes, partial: !ends };
  }

  torn(piece: Piece): LogEntry {
    return this.decode(piece);
  }
}
