import type { LogEntry, LogGap, StreamName } from '@holdfast/core/plugin';
import type { Piece } from './splitter.js';

/** What a record says of itself at its beginning. */
export interface RecordHead {
  readonly stream: StreamName;
  readonly time: bigint | undefined;
  readonly partial: boolean;
  /** True: no record of the container, but one that says that records are missing. */
  readonly gap: boolean;
}

/** Reads one file. */
export interface RecordDecoder {
  /** Bytes of a line, from its beginning on, that are enough for {@link head}. */
  readonly headSize: number;
  /** A longer line comes in pieces of this size. */
  readonly longestPiece: number;
  /**
   * True: a line without newline at the end is a write that is not over, or one that will be cut off: read it again.
   * False: it is what the container wrote.
   */
  readonly terminates: boolean;
  /** The head of a line; undefined if it is no record. `terminated`: the line has its newline. */
  head(line: Buffer, terminated: boolean): RecordHead | undefined;
  /** The next piece of the file. Undefined: nothing to tell. */
  decode(piece: Piece): LogEntry | LogGap | undefined;
  /** The last piece, which lacks its newline. */
  torn(piece: Piece): LogEntry | undefined;
}
