/** A line, or a part of a long one. */
export interface Piece {
  /** Without newline. A view that stays valid. */
  readonly bytes: Buffer;
  /** Offset in the file. */
  readonly at: number;
  /** True if the line begins here. */
  readonly starts: boolean;
  /** True if the line ends here. */
  readonly ends: boolean;
}

/** A longer line comes in pieces of this size, so that no file can fill the memory. */
export const PIECE_LIMIT = 1 << 20;

/** Cuts a file into lines. */
export class LineSplitter {
  private pending: Buffer[] = [];
  private pendingSize = 0;
  private starts = true;

  /** `start`: offset of the first byte, where a line begins. */
  constructor(
    private start: number,
    private readonly longest = PIECE_LIMIT,
  ) {}

  /** Offset of the bytes whose newline has not been seen. */
  get restAt(): number {
    return this.start;
  }

  get restSize(): number {
    return this.pendingSize;
  }

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(10, from);
      if (newline < 0) break;
      this.hold(chunk.subarray(from, newline), pieces);
      pieces.push(this.take(true));
      from = newline + 1;
    }
    this.hold(chunk.subarray(from), pieces);
    return pieces;
  }

  /** What is left at the end of the file, if anything. */
  rest(): Piece | undefined {
    return this.pendingSize === 0 ? undefined : this.take(false);
  }

  /** Forgets the rest from the offset `end` on. */
  cut(end: number): void {
    const kept = Buffer.concat(this.pending).subarray(0, Math.max(0, end - this.start));
    this.pending = kept.length > 0 ? [kept] : [];
    this.pendingSize = kept.length;
  }

  private hold(bytes: Buffer, pieces: Piece[]): void {
    let left = bytes;
    while (this.pendingSize + left.length > this.longest) {
      const room = this.longest - this.pendingSize;
      this.keep(left.subarray(0, room));
      left = left.subarray(room);
      pieces.push(this.take(false));
    }
    this.keep(left);
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.pending.push(bytes);
    this.pendingSize += bytes.length;
  }

  private take(ends: boolean): Piece {
    const [only] = this.pending;
    const bytes = this.pending.length === 1 && only !== undefined ? only : Buffer.concat(this.pending);
    const piece = { bytes, at: this.start, starts: this.starts, ends };
    this.start += bytes.length + (ends ? 1 : 0);
    this.starts = ends;
    this.pending = [];
    this.pendingSize = 0;
    return piece;
  }
}
