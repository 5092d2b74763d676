import { isUtf8 } from 'node:buffer';
import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import type { CliEnvironment } from '../environment.js';
import { stringifyJson } from './escape.js';
import { formatTime } from './format-time.js';
import { RecordWriter } from './record-writer.js';

/** Writes log records as JSON, one object a line, to stdout. */
export class JsonRecordWriter {
  readonly #lines: RecordWriter;

  constructor(environment: Pick<CliEnvironment, 'stdout' | 'stderr'>) {
    this.#lines = new RecordWriter(environment);
  }

  /** Resolves when more may come; rejects if an earlier write failed. */
  push(item: LogEntry | LogGap): Promise<void> {
    const bytes = Buffer.from(stringifyJson(documentOf(item), 'compact'));
    return this.#lines.push({ type: 'entry', stream: 'stdout', time: undefined, bytes, partial: false });
  }

  /** Resolves when everything pushed has been written. */
  flush(): Promise<void> {
    return this.#lines.flush();
  }
}

function documentOf(item: LogEntry | LogGap): object {
  if (item.type === 'gap') return gapDocument(item);
  const { type, stream, time, bytes, partial } = item;
  const text = isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
  return { type, stream, time: time === undefined ? null : formatTime(time), ...text, partial };
}

function gapDocument({ type, records, bytes, time, stream, reason }: LogGap): object {
  return {
    type,
    records: records ?? null,
    ...(bytes !== undefined && { bytes }),
    ...(time !== undefined && { time: formatTime(time) }),
    ...(stream !== undefined && { stream }),
    reason,
  };
}
