import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { LogBatch, LogLoss } from '@holdfast/core/plugin';
import type { Settings } from '../options/settings.js';
import { characterBoundary, digitsOf, writeDecimal } from './bytes.js';
import { gapElement, gapText } from './gap.js';
import type { Heads } from './identity.js';
import { LineState } from './line-state.js';
import type { MessageHead } from './message-head.js';
import type { Slice } from './slice.js';
import { element } from './structured-data.js';

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const BRACKET = 93;
const BOM = Buffer.from('\ufeff');
/** What a message has besides head and text: the rest of its sequence id, and a byte order mark. */
const EXTRA_BYTES = 16;
/** The same of one that is a piece: the elements that say so, and its framing. */
const PIECE_EXTRA_BYTES = 256;
/** A piece ends before a character that does not fit, up to 3 bytes early. */
const CUT_BYTES = 3;

/** What the encoder works on. */
interface Work {
  readonly head: MessageHead;
  readonly bytes: Buffer;
  readonly batch: LogBatch | undefined;
  readonly slice: Slice;
}

/** Turns records into messages. A record in one message, which is nearly every one, costs no object. */
export class MessageEncoder {
  #state = new LineState();
  /** Tells lines of one start of the driver from those of another. */
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #isStructured: boolean;
  #work!: Work;
  /** Of the next message; ASCII. */
  #elements = '';

  constructor(
    private readonly heads: Heads,
    private readonly settings: Settings,
  ) {
    this.#isStructured = settings.format !== 'rfc3164';
  }

  /** What {@link restore} takes back. */
  save(): LineState {
    return this.#state.copy();
  }

  /** As if nothing had been encoded since. */
  restore(state: LineState): void {
    this.#state = state.copy();
  }

  /** Records from `from` on, before `to`, as many as the slice holds: at least one. Returns the record after them. */
  encode(batch: LogBatch, [from, to]: readonly [from: number, to: number], slice: Slice): number {
    const { stream, bytes, ends, time, sequence } = batch;
    const head = this.heads[stream];
    head.setTime(time);
    slice.clear();
    this.#work = { head, bytes, batch, slice };
    this.#state.meet(stream, sequence + from);
    const pieceBytes = this.#pieceRoom() - CUT_BYTES;
    let record = from;
    for (let begin = from === 0 ? 0 : ends[from - 1]!; record < to; begin = ends[record++]!) {
      const length = ends[record]! - begin;
      const pieces = Math.max(1, Math.ceil(length / pieceBytes));
      if (!slice.hasRoom(pieces, length + pieces * (head.bytes.length + PIECE_EXTRA_BYTES))) break;
      this.#record(begin, ends[record]!, record + 1);
    }
    this.#state.pass(stream, sequence + record);
    return record;
  }

  /** A message that says what is missing. */
  encodeGap(loss: LogLoss, slice: Slice): void {
    const head = this.heads.gap;
    const bytes = Buffer.from(gapText(loss));
    head.setTime(loss.to);
    slice.clear();
    this.#work = { head, bytes, batch: undefined, slice };
    if (this.#isStructured) this.#elements = gapElement(loss, this.settings.enterpriseNumber);
    const room = this.settings.maxMessage - head.bytes.length - EXTRA_BYTES - this.#elements.length;
    this.#message(0, Math.min(bytes.length, Math.max(0, room)), 0);
  }

  /** `complete`: how many records of the batch are complete with this one. */
  #record(begin: number, end: number, complete: number): void {
    const { batch, head, bytes } = this.#work;
    const { stream } = batch!;
    const isWhole = bytes[end - 1] === NEWLINE;
    const stop = isWhole ? end - 1 : end;
    const room = this.settings.maxMessage - head.bytes.length - EXTRA_BYTES;
    if (isWhole && !this.#state.isOpen(stream) && stop - begin <= room) this.#message(begin, stop, complete);
    else if (this.settings.truncate) this.#beginning({ start: begin, stop, isWhole, complete });
    else this.#pieces({ start: begin, stop, isWhole, complete });
  }

  #pieces({ start: begin, stop: end, isWhole, complete }: RecordSpan): void {
    for (let start = begin, stop; ; start = stop) {
      stop = this.#cut(start, end);
      const isEnd = stop === end;
      this.#elements = this.#pieceElement(isEnd && isWhole);
      this.#message(start, stop, isEnd ? complete : complete - 1);
      if (isEnd) return;
    }
  }

  #beginning({ start, stop: end, isWhole, complete }: RecordSpan): void {
    const stop = this.#cut(start, end);
    if (!isWhole || this.#state.isOpen(this.#work.batch!.stream)) this.#elements = this.#pieceElement(isWhole);
    if (stop < end && this.#isStructured)
      this.#elements += this.#element('truncated', [['length', String(end - start)]]);
    this.#message(start, stop, complete);
  }

  /** Where the message ends that begins at `start`. */
  #cut(start: number, end: number): number {
    const room = this.#pieceRoom();
    return end - start <= room ? end : characterBoundary(this.#work.bytes, start, start + room);
  }

  #pieceElement(isLast: boolean): string {
    const { stream } = this.#work.batch!;
    const { number, pieces } = this.#state.addPiece(stream);
    if (isLast) this.#state.end(stream);
    if (!this.#isStructured) return '';
    return this.#element('partial', [
      ['id', `${this.#epoch}.${number}`],
      ['ordinal', String(pieces)],
      ['last', String(isLast)],
    ]);
  }

  #element(name: string, params: readonly (readonly [string, string])[]): string {
    return element(`${name}@${this.settings.enterpriseNumber}`, params);
  }

  #pieceRoom(): number {
    const extra = this.#isStructured ? PIECE_EXTRA_BYTES : EXTRA_BYTES;
    return this.settings.maxMessage - this.#work.head.bytes.length - extra;
  }

  #message(start: number, stop: number, complete: number): void {
    const { head, bytes: from, slice } = this.#work;
    const { bytes } = slice;
    const { framing } = this.settings;
    const mark = this.#hasMark(start, stop) ? BOM.length : 0;
    const sequenceId = this.#isStructured ? this.#state.takeSequenceId() : 0;
    let at = slice.end;
    if (framing === 'octet-counting') {
      const data = this.#isStructured ? digitsOf(sequenceId) + 3 + this.#elements.length : 0;
      at = writeDecimal(bytes, head.bytes.length + data + mark + stop - start, at);
      bytes[at++] = SPACE;
    }
    at += head.bytes.copy(bytes, at);
    if (this.#isStructured) at = this.#endOfData(sequenceId, at);
    if (mark > 0) at += BOM.copy(bytes, at);
    at += from.copy(bytes, at, start, stop);
    if (framing === 'newline') bytes[at++] = NEWLINE;
    slice.add(at, complete);
  }

  #hasMark(start: number, stop: number): boolean {
    return this.settings.bom && this.#isStructured && isUtf8(this.#work.bytes.subarray(start, stop));
  }

  #endOfData(sequenceId: number, from: number): number {
    const { bytes } = this.#work.slice;
    let at = writeDecimal(bytes, sequenceId, from);
    bytes[at++] = QUOTE;
    bytes[at++] = BRACKET;
    if (this.#elements !== '') at += bytes.write(this.#elements, at, 'latin1');
    this.#elements = '';
    bytes[at++] = SPACE;
    return at;
  }
}

/** Of a record, its text in the batch's bytes. */
interface RecordSpan {
  readonly start: number;
  readonly stop: number;
  readonly isWhole: boolean;
  readonly complete: number;
}
