import type { IncomingMessage } from 'node:http';

/** What a collector answered. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Milliseconds after which it wants to be asked again, if it said so. */
  readonly retryAfterMs: number | undefined;
  readonly body: Buffer;
}

/** Answers are short; of a longer one the beginning tells enough. */
const MOST_BYTES = 64 << 10;
/** A collector that wants to be left alone for longer is asked all the same. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** Reads an answer to its end, so that the connection can be used again. */
export async function readAnswer(message: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    if (size < MOST_BYTES) chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return {
    status: message.statusCode ?? 0,
    contentType: message.headers['content-type'] ?? '',
    retryAfterMs: retryAfter(message.headers['retry-after'], Date.now()),
    body: Buffer.concat(chunks).subarray(0, MOST_BYTES),
  };
}

/** Of a number of seconds or a date; what is neither says nothing. */
export function retryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  const wait = /^[0-9]{1,9}$/.test(trimmed) ? Number(trimmed) * 1000 : Date.parse(trimmed) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}
