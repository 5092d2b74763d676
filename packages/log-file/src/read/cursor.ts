import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import { messageOf } from '../system-error.js';
import type { RecordDecoder } from './decoder.js';
import { readError, type Source } from './source.js';
import { LineSplitter, type Piece } from './splitter.js';

const CHUNK = 64 * 1024;
/** So many bytes before the place of a follower tell whether the file is still the one that was read. */
const MARK = 64;

/**
 * The place of a byte is its offset, plus this for each older file. So the sizes of files that are not read need not be known: of
 * a compressed one that takes inflating it.
 */
export const FILE_STRIDE = 2 ** 46;

const NOTHING = Buffer.alloc(0);

/** What was read, and where it begins. */
export interface Located {
  /** Place among all files of the log, see {@link FILE_STRIDE}; infinite for what did not exist when reading began. */
  readonly at: number;
  readonly item: LogEntry | LogGap;
}

/** Where a {@link Cursor} begins. */
export interface CursorStart {
  /** Place of its first byte, see {@link FILE_STRIDE}; infinite if it did not exist when reading began. */
  readonly base: number;
  /** Offset in the file of the beginning of a line. */
  readonly offset: number;
}

/** Reads one file from an offset on, chunk by chunk. */
export class Cursor {
  private splitter: LineSplitter;
  private offset: number;
  private base: number;
  private decoder: RecordDecoder;
  private spare: Buffer | undefined;
  /** True if the last read came to the end of the file. */
  private sawEnd = false;
  /** The last bytes of the lines that were read. */
  private mark: Buffer = NOTHING;

  constructor(
    readonly source: Source,
    private readonly newDecoder: () => RecordDecoder,
    { base, offset }: CursorStart,
  ) {
    this.base = base;
    this.offset = offset;
    this.decoder = newDecoder();
    this.splitter = new LineSplitter(offset, this.decoder.longestPiece);
  }

  /** The records of the next chunk, which ends before the offset `limit`. Undefined at the end. */
  async next(limit = Infinity): Promise<Located[] | undefined> {
    const before = this.offset;
    const goesOn = this.sawEnd;
    if (goesOn) this.rewind();
    const wanted = Math.min(CHUNK, limit - this.offset);
    if (wanted <= 0) return undefined;
    const chunk = await this.readChunk(wanted);
    if (goesOn && chunk.length > 0 && !(await this.isWhatWasRead())) return [this.restart()];
    this.sawEnd = chunk.length < wanted;
    const found = this.decode(this.splitter.push(chunk));
    this.remember(chunk);
    return this.sawEnd && found.length === 0 ? this.atEnd(before) : found;
  }

  /** The rest of the line in which {@link next} stopped at its limit. */
  async finishLine(): Promise<Located[]> {
    if (this.splitter.restSize === 0) return this.damage();
    const found: Located[] = [];
    const most = this.offset + this.decoder.longestPiece;
    this.rewind();
    for (let newline = -1; newline < 0 && this.offset < most;) {
      const chunk = await this.readChunk(CHUNK);
      if (chunk.length === 0) break;
      newline = chunk.indexOf(10);
      found.push(...this.decode(this.splitter.push(newline < 0 ? chunk : chunk.subarray(0, newline + 1))));
    }
    return [...found, ...this.finish()];
  }

  /** The last line if it lacks its newline; for when nothing will be added to the file. */
  finish(): Located[] {
    const piece = this.splitter.rest();
    const item = piece && this.decoder.torn(piece);
    return [...(piece && item ? [{ at: this.base + piece.at, item }] : []), ...this.damage()];
  }

  private damage(): Located[] {
    const { damage } = this.source.bytes;
    if (damage === undefined) return [];
    const reason = `the compressed log file is damaged: ${damage}`;
    return [{ at: Infinity, item: { type: 'gap', records: undefined, reason } }];
  }

  /** A line without newline that was seen at the end may have been cut off and written anew since: it is read again. */
  private rewind(): void {
    if (!this.decoder.terminates) return;
    this.offset = this.splitter.restAt;
    this.splitter.cut(this.offset);
  }

  private async readChunk(size: number): Promise<Buffer> {
    const chunk = this.spare ?? Buffer.allocUnsafeSlow(CHUNK);
    try {
      const bytesRead = await this.source.bytes.read(chunk, size, this.offset);
      this.offset += bytesRead;
      // Records are views of what is returned: a full chunk is given away, little is copied.
      this.spare = bytesRead > CHUNK / 2 ? undefined : chunk;
      return this.spare === undefined ? chunk.subarray(0, bytesRead) : Buffer.from(chunk.subarray(0, bytesRead));
    } catch (error) {
      throw readError(this.source.path, messageOf(error), error);
    }
  }

  private decode(pieces: Piece[]): Located[] {
    const found: Located[] = [];
    for (const piece of pieces) {
      const item = this.decoder.decode(piece);
      if (item !== undefined) found.push({ at: this.base + piece.at, item });
    }
    return found;
  }

  /** `before`: the offset up to which the file was read already. */
  private async atEnd(before: number): Promise<Located[] | undefined> {
    const size = await this.source.bytes.size();
    const { restAt } = this.splitter;
    if (size < restAt) return [this.restart()];
    if (size < this.offset) {
      // A failed write was cut off again.
      this.splitter.cut(size);
      this.offset = size;
    } else if (size > this.offset && this.offset > before) {
      // It grew meanwhile, or the file system read less than it was asked for.
      return [];
    }
    return undefined;
  }

  /** `chunk`: what was read last. */
  private remember(chunk: Buffer): void {
    const end = this.splitter.restAt - (this.offset - chunk.length);
    if (end > 0) this.mark = Buffer.from(chunk.subarray(Math.max(0, end - MARK), end));
  }

  /** False if somebody emptied the file and so much was written since that its size does not tell. */
  private async isWhatWasRead(): Promise<boolean> {
    const { mark, source } = this;
    if (mark.length === 0) return true;
    const now = Buffer.alloc(mark.length);
    const length = await source.bytes.read(now, mark.length, this.splitter.restAt - mark.length);
    return now.subarray(0, length).equals(mark);
  }

  /** Somebody emptied the file. */
  private restart(): Located {
    this.offset = 0;
    this.base = Infinity;
    this.mark = NOTHING;
    this.decoder = this.newDecoder();
    this.splitter = new LineSplitter(0, this.decoder.longestPiece);
    return { at: Infinity, item: { type: 'gap', records: undefined, reason: 'the log file was emptied' } };
  }
}
