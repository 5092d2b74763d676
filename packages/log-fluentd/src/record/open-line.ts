import { randomBytes } from 'node:crypto';
import type { StreamName } from '@holdfast/core/plugin';
import { pack } from '../msgpack/pack.js';

/** Fields of a piece: see {@link OpenLine.fields}. */
export const PIECE_FIELDS = 4;
/** More than they take. */
export const PIECE_BYTES = 128;

/** Docker's fields for pieces, as MessagePack in latin1, with room for their values. */
const NAMES = ['partial_message', 'partial_id', 'partial_ordinal', 'partial_last'].map(packed) as [
  string,
  string,
  string,
  string,
];
const TRUE = packed('true');
const FALSE = packed('false');
/** Tells lines of this process from those of another. */
const PROCESS = randomBytes(8).toString('hex');
let instances = 0;

/** A stream's line of which pieces were logged and more is to come. */
export class OpenLine {
  private readonly prefix: string;
  /** The sequence of the line's first piece; undefined: no line is open. */
  private first: number | undefined;
  private pieces = 0;
  /** The sequence that comes next; another one tells that the host lost records. */
  private next: number | undefined;

  constructor(private readonly stream: StreamName) {
    this.prefix = `${PROCESS}${(instances++ % 0x1_0000).toString(16).padStart(4, '0')}`;
  }

  /** A copy to go on with while it is not known whether the records arrive. */
  fork(): OpenLine {
    return Object.assign(Object.create(OpenLine.prototype) as OpenLine, this);
  }

  get isOpen(): boolean {
    return this.first !== undefined;
  }

  /** Records from `sequence` on come next. If some before are missing, nobody knows whether these go on with the open line. */
  goOn(sequence: number): void {
    if (sequence !== this.next) this.close();
  }

  /** `sequence` is that of the next record after those that were taken. */
  end(sequence: number): void {
    this.next = sequence;
  }

  /**
   * The fields of a piece, MessagePack in latin1: `partial` if the line goes on. Names depend on the record alone, so that one that is sent
   * again has the same.
   */
  fields(sequence: number, partial: boolean): string {
    this.first ??= sequence;
    this.pieces++;
    const [message, id, ordinal, last] = NAMES;
    const stream = this.stream === 'stdout' ? '0' : '1';
    const own = `${this.prefix}${stream}${this.first.toString(16).padStart(11, '0')}`;
    const fields = `${message}${TRUE}${id}${packed(own)}${ordinal}${packed(String(this.pieces))}${last}${partial ? FALSE : TRUE}`;
    if (!partial) this.close();
    return fields;
  }

  private close(): void {
    this.first = undefined;
    this.pieces = 0;
  }
}

function packed(text: string): string {
  return pack(text).toString('latin1');
}
