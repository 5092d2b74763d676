import type { IncomingMessage } from 'node:http';
import { errorFromDocument, ShimError, type ErrorDocument } from '../plugin/shim-error.js';
import { ConnectionCut } from './connection-cut.js';

/** A list of very many containers still fits. */
const ANSWER_MAX_BYTES = 64 << 20;

/** How an answer is to be understood. */
export type AnswerKind = 'json' | 'text';

/** A whole answer. Rejects with the error it carries, ConnectionCut if it ended early, SHIM_INTERNAL if it is no JSON but should be. */
export async function readAnswer(
  response: IncomingMessage,
  where: string,
  kind: AnswerKind = 'json',
): Promise<unknown> {
  const text = await readText(response, where);
  const status = response.statusCode ?? 0;
  const done = status >= 200 && status < 300;
  if (done && kind === 'text') return text;
  const value = parse(text, status, where);
  if (done) return value;
  throw errorIn(value, status, where);
}

async function readText(response: IncomingMessage, where: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > ANSWER_MAX_BYTES) throw new ShimError('SHIM_INTERNAL', 'the answer is over 64 MiB', { where });
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof ShimError) throw error;
    throw new ConnectionCut('the answer was cut off', true, error);
  }
  if (!response.complete) throw new ConnectionCut('the answer was cut off', true);
  return Buffer.concat(parts, length).toString('utf8');
}

function parse(text: string, status: number, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new ShimError('SHIM_INTERNAL', `shimd's answer (${status}) is not JSON: ${shown}`, { where, cause });
  }
}

function errorIn(value: unknown, status: number, where: string): ShimError {
  const document = (value as { error?: Partial<ErrorDocument> } | null)?.error;
  if (typeof document?.code !== 'string' || typeof document.message !== 'string') {
    return new ShimError('SHIM_INTERNAL', `shimd answered ${status} without saying what is wrong`, { where });
  }
  return errorFromDocument(document as ErrorDocument);
}
