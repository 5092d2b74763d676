import { isUtf8 } from 'node:buffer';
import type { LogBatch, LogLoss, StreamName } from '@holdfast/core/plugin';
import type { Attributes } from './resource.js';
import type { ReadableRecord } from './serializer.js';

/** Numbers of OpenTelemetry's severities. */
export const SEVERITY = { INFO: 9, WARN: 13, ERROR: 17 } as const;
const BILLION = 1_000_000_000n;
const SCOPE = { name: '@holdfast/log-otlp' } as const;
const STREAM_SEVERITY = { stdout: SEVERITY.INFO, stderr: SEVERITY.ERROR } as const;
const NEWLINE = 10;

/** Makes the records of one container as OpenTelemetry's serializer takes them. */
export class RecordSource {
  readonly #shared: Pick<ReadableRecord, 'resource' | 'instrumentationScope' | 'droppedAttributesCount'>;

  constructor(
    resource: Attributes,
    private readonly severity: boolean,
  ) {
    this.#shared = {
      // Of a resource the serializer reads nothing else.
      resource: { attributes: resource } as ReadableRecord['resource'],
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
    };
  }

  /** Records `from` to `to`, exclusively, of a batch. Bytes are not copied. */
  records(batch: LogBatch, from: number, to: number): ReadableRecord[] {
    const { stream, bytes, ends } = batch;
    const time = hrTime(batch.time);
    const severity = this.severity ? { severityNumber: STREAM_SEVERITY[stream] } : {};
    const head = { ...this.#shared, hrTime: time, hrTimeObserved: time, ...severity };
    const records: ReadableRecord[] = [];
    let begin = from === 0 ? 0 : ends[from - 1]!;
    for (let i = from; i < to; i++) {
      const end = ends[i]!;
      const partial = end === begin || bytes[end - 1] !== NEWLINE;
      const own = bytes.subarray(begin, partial ? end : end - 1);
      records.push({ ...head, body: bodyOf(own), attributes: partial ? PARTIAL[stream] : WHOLE[stream] });
      begin = end;
    }
    return records;
  }

  /** Says that records are missing. */
  gap({ stream, records, bytes, reason, from, to }: LogLoss): ReadableRecord {
    const noun = records === 1 ? 'record' : 'records';
    return {
      ...this.#shared,
      hrTime: hrTime(to),
      hrTimeObserved: hrTime(to),
      severityNumber: SEVERITY.WARN,
      body: `holdfast: ${records} ${noun} (${bytes} bytes) lost: ${reason}`,
      attributes: {
        'log.iostream': stream,
        'holdfast.lost.records': records,
        'holdfast.lost.bytes': bytes,
        'holdfast.lost.reason': reason,
        'holdfast.lost.seconds': Number(to - from) / Number(BILLION),
      },
    };
  }
}

/** Text is a string; what is no UTF-8 can be none, and is passed on as bytes, unchanged. */
function bodyOf(bytes: Buffer): string | Uint8Array {
  return isUtf8(bytes) ? bytes.toString() : bytes;
}

function hrTime(time: bigint): [number, number] {
  return [Number(time / BILLION), Number(time % BILLION)];
}

function byStream(more: Attributes): Record<StreamName, Attributes> {
  return { stdout: { 'log.iostream': 'stdout', ...more }, stderr: { 'log.iostream': 'stderr', ...more } };
}

const WHOLE = byStream({});
const PARTIAL = byStream({ 'holdfast.partial': true });
