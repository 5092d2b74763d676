import type { ServerResponse } from 'node:http';
import { ERROR_CODES } from '../../plugin/error-codes.js';
import { asShimError } from '../../plugin/shim-error.js';

/** Answers with a JSON document. */
export function answer(response: ServerResponse, status: number, document: unknown): void {
  const body = Buffer.from(`${JSON.stringify(document)}\n`);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}

/** Answers with `{ "error": ErrorDocument }` under the status of the error's code. */
export function answerError(response: ServerResponse, error: unknown): void {
  const shimError = asShimError(error);
  const { status } = ERROR_CODES[shimError.code];
  // What still comes of this request would be taken for the next one.
  if (status === 408) response.setHeader('Connection', 'close');
  answer(response, status, { error: shimError });
}
