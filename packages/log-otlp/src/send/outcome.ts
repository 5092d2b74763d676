import type { Serializer } from '../encode/serializer.js';
import type { Answer } from './answer.js';

/** What became of the records of a request. */
export type Outcome =
  /** Taken, but for `rejected` of them. `why`: what the collector said, often nothing. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly why: string }
  /** It may work later. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly status?: number;
      readonly waitMs?: number;
      readonly cause?: unknown;
    }
  /** It never will. */
  | { readonly kind: 'refused'; readonly why: string; readonly status: number }
  | { readonly kind: 'too-large'; readonly why: string; readonly status: number };

/** The answers after which OTLP/HTTP lets a client send again. */
const RETRYABLE = [429, 502, 503, 504];
const TOO_LARGE = 413;
const MOST_WORDS = 200;

/** Reads an answer to a request of `records` records. */
export function outcomeOf(answer: Answer, records: number, serializer: Serializer): Outcome {
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return taken(answer, records, serializer);
  const words = wordsOf(answer.body);
  const why = `HTTP ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === TOO_LARGE) return { kind: 'too-large', why, status };
  if (!RETRYABLE.includes(status)) return { kind: 'refused', why, status };
  return { kind: 'later', why, status, ...(retryAfterMs !== undefined && { waitMs: retryAfterMs }) };
}

/** An answer that can't be read is one that says nothing: the records were taken. */
function taken({ body }: Answer, records: number, serializer: Serializer): Outcome {
  try {
    const { partialSuccess } = serializer.deserializeResponse(body);
    // JSON has int64 as a text.
    const rejected = Number(partialSuccess?.rejectedLogRecords ?? 0);
    const why = wordsOf(Buffer.from(partialSuccess?.errorMessage ?? ''));
    return { kind: 'taken', rejected: rejected > 0 ? Math.min(rejected, records) : 0, why };
  } catch {
    return { kind: 'taken', rejected: 0, why: '' };
  }
}

/** What can be read of an answer's text, which may be a protobuf message. */
function wordsOf(body: Buffer): string {
  return body
    .toString()
    .replace(/[^\p{L}\p{N}\p{P} ]+/gu, ' ')
    .trim()
    .slice(0, MOST_WORDS);
}
