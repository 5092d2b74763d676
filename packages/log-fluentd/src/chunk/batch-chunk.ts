import type { OpenLine } from '../record/open-line.js';
import { giveBuffer, takeBuffer } from './buffers.js';
import type { Chunk } from './chunk.js';
import { roomFor, writeEntries, type EntryHeads, type Span } from './entries.js';
import type { MessageForm } from './message.js';

/** What a chunk of records is made with. */
export interface BatchChunkParts {
  readonly id: string;
  readonly span: Span;
  readonly heads: EntryHeads;
  /** The line that is open where the records begin. */
  readonly line: OpenLine;
  readonly form: MessageForm;
  readonly requestAck: boolean;
}

/** Records of one batch as a message. */
export class BatchChunk implements Chunk {
  private buffer: Buffer | undefined;
  private after: OpenLine | undefined;

  constructor(private readonly parts: BatchChunkParts) {}

  get id(): string {
    return this.parts.id;
  }

  get lineAfter(): OpenLine | undefined {
    return this.after;
  }

  encode(): Buffer | Promise<Buffer> {
    const { span, heads, form, id, requestAck } = this.parts;
    const first = span.batch.sequence + span.from;
    const count = span.to - span.from;
    const line = this.parts.line.fork();
    line.goOn(first);
    heads.whole.setTime(span.batch.time);
    heads.piece.setTime(span.batch.time);
    this.buffer ??= takeBuffer(form.entriesAt + roomFor(span, heads) + form.optionBytes);
    const end = writeEntries(this.buffer, form.entriesAt, span, { heads, line });
    line.end(first + count);
    this.after = line;
    return form.finish(this.buffer, end, { count, chunk: requestAck ? id : undefined });
  }

  release(): void {
    if (this.buffer !== undefined) giveBuffer(this.buffer);
    this.buffer = undefined;
  }
}
