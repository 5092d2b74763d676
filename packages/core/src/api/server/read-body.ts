import type { IncomingMessage } from 'node:http';
import type { SchemaValidators } from '../../config/validators.js';
import { within } from '../../logging/deadline.js';
import { ShimError } from '../../plugin/shim-error.js';
import { REQUEST_SCHEMAS, type RequestName } from '../request-schemas.js';
import { checkRequest } from './check-request.js';

const MAX_BODY_BYTES = 4 << 20;

/** How {@link readBody} does it. */
export interface BodyReading {
  readonly validators: SchemaValidators;
  /** How long a client may take to send a body, milliseconds. */
  readonly bodyTimeoutMs: number;
}

/** Reads and checks a JSON body. Throws SHIM_INVALID_ARGUMENT and SHIM_REQUEST_TIMEOUT. */
export async function readBody<T>(
  request: IncomingMessage,
  name: RequestName,
  { validators, bodyTimeoutMs }: BodyReading,
): Promise<T> {
  return checkRequest<T>(name, parse(await readInTime(request, bodyTimeoutMs), name), validators);
}

/** A client that announces a body and never sends it must not keep shimd from leaving. */
async function readInTime(request: IncomingMessage, ms: number): Promise<string> {
  const text = readAll(request);
  if (await within(ms, text)) return text;
  throw new ShimError('SHIM_REQUEST_TIMEOUT', `the request body did not come within ${ms} ms`, {
    where: 'request body',
  });
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the loop must not destroy the connection that the answer goes to.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) break;
    chunks.push(chunk);
  }
  if (bytes <= MAX_BODY_BYTES) return Buffer.concat(chunks).toString('utf8');
  // What still comes is discarded. Not before the loop has let go of the stream: until then nothing would flow.
  request.resume();
  throw new ShimError('SHIM_INVALID_ARGUMENT', `the request body is over ${MAX_BODY_BYTES} bytes`, {
    where: 'request body',
  });
}

function parse(text: string, name: RequestName): unknown {
  if (text.trim() === '') {
    const { required } = REQUEST_SCHEMAS[name];
    throw new ShimError('SHIM_INVALID_ARGUMENT', `request ${name}: the body is empty`, {
      where: 'request body',
      remedy: `Send a JSON object with ${required.join(', ')}.`,
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ShimError('SHIM_INVALID_ARGUMENT', `the request body is not JSON: ${(cause as Error).message}`, {
      where: 'request body',
      cause,
    });
  }
}
