import type { LogEntry, StreamName } from '@holdfast/core/plugin';
import { parseTimestamp } from '../write/timestamp.js';
import { ExportParser, type ExportRecord } from './export-parser.js';

/** The driver that wrote a record, and which of its records it is, from 1 on. */
export interface Place {
  readonly epoch: string;
  readonly ordinal: number;
}

/** A record as the journal has it. */
export interface StoredRecord {
  readonly cursor: string;
  /** Undefined for others' entries. */
  readonly place: Place | undefined;
  readonly entry: LogEntry & { readonly time: bigint };
  /** Bytes of the message that were too many. */
  readonly cut: number;
}

const FIELD_BYTES = 1024;
/** Far more than holdfast's records have, which are pieces of long lines. */
const MESSAGE_BYTES = 16 << 20;

const LIMITS = new Map([
  ['MESSAGE', MESSAGE_BYTES],
  ...[
    '__CURSOR',
    '__REALTIME_TIMESTAMP',
    'CONTAINER_STREAM',
    'PRIORITY',
    'SYSLOG_TIMESTAMP',
    'CONTAINER_PARTIAL_MESSAGE',
    'CONTAINER_PARTIAL_LAST',
    'CONTAINER_LOG_EPOCH',
    'CONTAINER_LOG_ORDINAL',
  ].map((name) => [name, FIELD_BYTES] as const),
]);

/** A parser that keeps what {@link storedRecord} needs. */
export function recordParser(): ExportParser {
  return new ExportParser(LIMITS);
}

/** Throws if it is no entry. */
export function storedRecord({ fields, cut }: ExportRecord): StoredRecord {
  const text = (name: string): string => fields.get(name)?.toString('latin1') ?? '';
  const cursor = text('__CURSOR');
  if (cursor === '') throw new Error('an entry has no cursor');
  const ordinal = Number(text('CONTAINER_LOG_ORDINAL'));
  const epoch = text('CONTAINER_LOG_EPOCH');
  return {
    cursor,
    place: epoch !== '' && Number.isSafeInteger(ordinal) && ordinal > 0 ? { epoch, ordinal } : undefined,
    entry: {
      type: 'entry',
      stream: streamOf(text('CONTAINER_STREAM'), text('PRIORITY')),
      time: parseTimestamp(text('SYSLOG_TIMESTAMP')) ?? microseconds(text('__REALTIME_TIMESTAMP')),
      bytes: withoutNewline(fields.get('MESSAGE') ?? Buffer.alloc(0)),
      partial: text('CONTAINER_PARTIAL_MESSAGE') === 'true' || text('CONTAINER_PARTIAL_LAST') === 'false',
    },
    cut: cut.get('MESSAGE') ?? 0,
  };
}

/** A record holds one newline at most, its last byte: with `keepNewline`. */
function withoutNewline(message: Buffer): Buffer {
  return message.at(-1) === 10 ? message.subarray(0, -1) : message;
}

function streamOf(stream: string, priority: string): StreamName {
  if (stream === 'stderr') return 'stderr';
  return stream === '' && priority === '3' ? 'stderr' : 'stdout';
}

function microseconds(text: string): bigint {
  return /^\d{1,19}$/.test(text) ? BigInt(text) * 1000n : 0n;
}
