import { request, type Agent, type IncomingMessage } from 'node:http';
import { ShimError } from '../plugin/shim-error.js';
import { readAnswer, type AnswerKind } from './answer.js';
import { asConnectionCut } from './connection-cut.js';

/** One request to shimd. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** `json` if left out; errors always are. */
  readonly answer?: AnswerKind;
}

export interface ExchangeOptions {
  readonly socketPath: string;
  readonly agent: Agent | false;
  readonly signal?: AbortSignal | undefined;
}

/** Sends it once. Rejects with ConnectionCut, the server's error, SHIM_INTERNAL for garbage, or the signal's reason. */
export function exchange(message: Exchange, options: ExchangeOptions): Promise<unknown> {
  const { socketPath, agent, signal } = options;
  const body = message.body === undefined ? undefined : Buffer.from(JSON.stringify(message.body));
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const fail = (error: unknown): void => {
      reject(signal?.aborted === true ? (signal.reason as Error) : explain(error as Error, socketPath));
    };
    const sent = request({
      socketPath,
      agent,
      headers,
      method: message.method,
      path: message.path,
      ...(signal === undefined ? {} : { signal }),
    });
    sent.on('response', (response: IncomingMessage) => {
      readAnswer(response, `${message.method} ${message.path}`, message.answer).then(resolve, fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

/** What a failed socket or parser means. */
export function explain(error: Error, socketPath: string): Error {
  if (error instanceof ShimError) return error;
  const cut = asConnectionCut(error);
  if (cut !== undefined) return cut;
  const { code, message } = error as NodeJS.ErrnoException;
  const about = { where: socketPath, cause: error };
  if (code?.startsWith('HPE_') === true) {
    return new ShimError('SHIM_INTERNAL', `what answers on the socket does not speak HTTP: ${message}`, about);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ShimError('SHIM_PERMISSION', `the shim's socket can't be used: ${message}`, about);
  }
  return new ShimError('SHIM_IO', `talking to shimd failed: ${message}`, about);
}
