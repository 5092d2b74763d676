import type { LogBatch, LoggedContainer, LogLoss, StreamName } from '@holdfast/core/plugin';
import { BatchChunk } from './batch-chunk.js';
import { chunkId } from './chunk-id.js';
import type { Chunk } from './chunk.js';
import { spanFrom, type EntryHeads, type Span } from './entries.js';
import { gapChunk } from './gap-chunk.js';
import { MessageForm } from './message.js';
import { EntryHead } from '../record/entry-head.js';
import { OpenLine, PIECE_FIELDS } from '../record/open-line.js';

type Fields = readonly (readonly [name: string, value: string])[];

/** What {@link ChunkMaker} knows of the container and the options. */
export interface ChunkMakerOptions {
  readonly container: Pick<LoggedContainer, 'id' | 'namespace' | 'createdAt'>;
  readonly tag: string;
  /** Of all records. */
  readonly fields: Fields;
  readonly requestAck: boolean;
  readonly gzip: boolean;
  readonly nanoseconds: boolean;
}

/** One of the container's streams. */
interface Stream {
  readonly fields: Fields;
  readonly heads: EntryHeads;
  /** The line that is open behind what has been taken. */
  line: OpenLine;
}

/** Makes chunks of records, and knows which lines go on. */
export class ChunkMaker {
  private readonly form: MessageForm;
  private readonly streams: Readonly<Record<StreamName, Stream>>;
  private readonly owner: readonly string[];

  constructor(private readonly options: ChunkMakerOptions) {
    const { container, tag, gzip } = options;
    this.form = new MessageForm(tag, gzip);
    this.streams = { stdout: this.stream('stdout'), stderr: this.stream('stderr') };
    this.owner = [container.namespace, container.id, container.createdAt];
  }

  /** The records of the batch from `from` on that go together. */
  span(batch: LogBatch, from: number): Span {
    return spanFrom(batch, from, this.streams[batch.stream].heads);
  }

  records(span: Span): Chunk {
    const { stream, sequence, time } = span.batch;
    const { heads, line } = this.streams[stream];
    const { requestAck } = this.options;
    const id = chunkId(...this.owner, stream, sequence + span.from, span.to - span.from, time);
    return new BatchChunk({ id, span, heads, line, form: this.form, requestAck });
  }

  gap(loss: LogLoss): Chunk {
    const { requestAck, nanoseconds } = this.options;
    const { stream, records, bytes, reason, from, to } = loss;
    const id = chunkId(...this.owner, 'gap', stream, records, bytes, reason, from, to);
    return gapChunk(loss, { id, fields: this.streams[stream].fields, form: this.form, requestAck, nanoseconds });
  }

  /** The chunk of `stream` has been taken. */
  taken(stream: StreamName, chunk: Chunk): void {
    if (chunk.lineAfter !== undefined) this.streams[stream].line = chunk.lineAfter;
  }

  private stream(name: StreamName): Stream {
    const { fields: own, nanoseconds } = this.options;
    const fields: Fields = [...own, ['source', name]];
    const whole = new EntryHead(fields, 0, nanoseconds);
    const piece = new EntryHead(fields, PIECE_FIELDS, nanoseconds);
    return { fields, heads: { whole, piece }, line: new OpenLine(name) };
  }
}
