import type { Datagrams, LogBatch, StreamName } from '@holdfast/core/plugin';
import type { Settings } from '../options/settings.js';
import { writeDecimal } from './decimal.js';
import { OpenLine, type LineState } from './open-line.js';
import { DEFAULT_PRIORITY, StreamHead } from './stream-head.js';

/** Most records that are encoded and sent at a time. */
const SLICE = 512;
/** More than any record's own fields take: their names, 2 numbers, an id of 32 digits. */
const FIELD_BYTES = 320;
/** Enough for the fields of a slice, if no record is one of pieces. */
const SLICE_BYTES = 16 << 10;
const NEWLINE = 10;
const MESSAGE = Buffer.from('MESSAGE\n');
const TAIL = Buffer.from('\n');
const [LESS, GREATER, ZERO, SEVEN] = Buffer.from('<>07') as Iterable<number> as [number, number, number, number];

/** Records that were not sent. */
interface Unsent {
  /** Sequence of the record behind them. */
  readonly end: number;
  /** Whether the last one's line goes on there. */
  readonly partial: boolean;
}

/** Turns records into datagrams: what is the same in all is shared, the message stays in the batch. */
export class RecordFields {
  readonly #fields = Buffer.allocUnsafeSlow(SLICE_BYTES);
  readonly #fieldEnds = new Uint32Array(SLICE);
  readonly #spans = new Uint32Array(2 * SLICE);
  readonly #heads: Readonly<Record<StreamName, StreamHead>>;
  readonly #lines: Readonly<Record<StreamName, OpenLine>>;
  /** Of the line when the last slice was begun. */
  #before: LineState | undefined;
  readonly #unsent: Partial<Record<StreamName, Unsent>> = {};

  /** `fields`: what the driver says in all entries, encoded. */
  constructor(
    fields: Buffer,
    private readonly settings: Pick<Settings, 'priorityPrefix' | 'keepNewline' | 'partialMarks'>,
  ) {
    const { priorityPrefix, partialMarks } = settings;
    const head = (stream: StreamName): StreamHead => new StreamHead(fields, stream, !priorityPrefix);
    this.#lines = { stdout: new OpenLine(partialMarks), stderr: new OpenLine(partialMarks) };
    this.#heads = { stdout: head('stdout'), stderr: head('stderr') };
  }

  /** Records from `from` on, as many as there is room for; valid until the next call. `ordinal` is the first one's. */
  encode(batch: LogBatch, from: number, ordinal: number): Datagrams {
    const { stream, bytes, ends, time } = batch;
    const most = Math.min(SLICE, batch.count - from);
    const head = this.#heads[stream];
    head.setTime(time);
    this.#before = this.#lines[stream].save();
    let count = 0;
    let at = 0;
    let begin = from === 0 ? 0 : ends[from - 1]!;
    for (; count < most && at <= SLICE_BYTES - FIELD_BYTES; count++) {
      const end = ends[from + count]!;
      const whole = end > begin && bytes[end - 1] === NEWLINE;
      const start = this.#start(batch, begin, end);
      const stop = whole && !this.settings.keepNewline ? end - 1 : end;
      at = writeDecimal(this.#fields, at, ordinal + count);
      at = this.#writeText(this.#text(stream, !whole), at);
      at = this.#writeLength(stop - start, at);
      this.#fieldEnds[count] = at;
      this.#spans[2 * count] = start;
      this.#spans[2 * count + 1] = stop;
      begin = end;
    }
    const lent = { fields: this.#fields, fieldEnds: this.#fieldEnds, spans: this.#spans };
    return { head: head.bytes, ...lent, bytes, tail: TAIL, from: 0, to: count };
  }

  /** Of the slice from `from` on only `sent` were sent: the others come again, or are lost with the rest of the batch. */
  takeBack(batch: LogBatch, from: number, sent: number): void {
    const { stream, ends, sequence, count } = batch;
    const line = this.#lines[stream];
    if (this.#before !== undefined) line.restore(this.#before);
    for (let i = from; i < from + sent; i++) {
      this.#start(batch, i === 0 ? 0 : ends[i - 1]!, ends[i]!);
      this.#text(stream, batch.partial(i));
    }
    this.#unsent[stream] = { end: sequence + count, partial: batch.partial(count - 1) };
  }

  /** Before a batch: what comes behind lost records may go on with the last line of these. */
  begin({ stream, sequence }: LogBatch): void {
    const unsent = this.#unsent[stream];
    delete this.#unsent[stream];
    if (unsent !== undefined && sequence >= unsent.end) this.#lines[stream].skip(unsent.partial);
  }

  /** The fields that most records have none of. */
  #text(stream: StreamName, partial: boolean): string {
    const line = this.#lines[stream];
    if (!this.settings.priorityPrefix) return line.fields(partial);
    // Before the end of the line, which takes its priority along.
    const text = `PRIORITY=${line.priority || DEFAULT_PRIORITY[stream]}\n${line.fields(partial)}`;
    if (!partial) line.priority = '';
    return text;
  }

  /** Where the message begins: behind `<N>`, if that is read. */
  #start({ stream, bytes }: LogBatch, begin: number, end: number): number {
    const line = this.#lines[stream];
    if (!this.settings.priorityPrefix || line.isOpen || end - begin < 3) return begin;
    const digit = bytes[begin + 1]!;
    if (bytes[begin] !== LESS || bytes[begin + 2] !== GREATER || digit < ZERO || digit > SEVEN) return begin;
    line.priority = String.fromCharCode(digit);
    return begin + 3;
  }

  /** Behind the ordinal: such fields, and the name of the message's. */
  #writeText(text: string, begin: number): number {
    const fields = this.#fields;
    let at = begin;
    fields[at++] = NEWLINE;
    if (text !== '') at += fields.write(text, at, 'latin1');
    for (let i = 0; i < MESSAGE.length; i++) fields[at++] = MESSAGE[i]!;
    return at;
  }

  /** Of 64 bits. A call of Buffer's would take longer than all the rest. */
  #writeLength(length: number, begin: number): number {
    const fields = this.#fields;
    let at = begin;
    for (let shift = 0; shift < 32; shift += 8) fields[at++] = (length >>> shift) & 0xff;
    for (let i = 0; i < 4; i++) fields[at++] = 0;
    return at;
  }
}
