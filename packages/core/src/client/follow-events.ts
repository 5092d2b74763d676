import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventDocument, EventQuery } from '../api/documents.js';
import { API_PREFIX } from '../api/routes.js';
import { ShimError } from '../plugin/shim-error.js';
import { readAnswer } from './answer.js';
import { asConnectionCut, ConnectionCut, isTransient } from './connection-cut.js';
import type { ShimEndpoint } from './endpoint.js';
import { explain } from './exchange.js';

const AGAIN_MS = 50;

/** See `HttpShimClient.events`. Rejects with the server's error and as `exchange`; an aborted `signal` ends it. */
export async function* followEvents(
  { socketPath, group }: ShimEndpoint,
  query: EventQuery,
  signal?: AbortSignal,
): AsyncGenerator<EventDocument> {
  // Cursors are not below the microseconds of their time: a restart before the first event must hide nothing.
  let after = query.after ?? (query.follow === true && query.since === undefined ? Date.now() * 1_000 : undefined);
  const ended = (): boolean => signal?.aborted === true;
  for (let first = true; !ended(); first = false) {
    try {
      const path = pathOf({ ...query, ...(after !== undefined && { after }) });
      const response = await open(socketPath, path, signal);
      for await (const event of eventsIn(response)) {
        yield event;
        after = event.cursor;
      }
      if (query.follow !== true) return;
    } catch (error) {
      if (ended()) return;
      const nobody = error instanceof ConnectionCut && !error.sent;
      // The group's last container has gone, and its keeper with it.
      if (nobody && !first) return;
      if (nobody) throw new ShimError('SHIM_UNAVAILABLE', `no shim of group ${group} runs`, { where: socketPath });
      if (!isTransient(error)) throw error;
    }
    await delay(AGAIN_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

function pathOf({ since, after, follow }: EventQuery): string {
  const search = new URLSearchParams({
    ...(since !== undefined && { since }),
    ...(after !== undefined && { after: String(after) }),
    ...(follow === true && { follow: '1' }),
  });
  return `${API_PREFIX}/events?${search.toString()}`;
}

function open(socketPath: string, path: string, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(explain(error as Error, socketPath));
    const sent = request({ socketPath, path, agent: false, ...(signal === undefined ? {} : { signal }) });
    sent.on('response', (response) => {
      if (response.statusCode === 200) resolve(response);
      else readAnswer(response, path).then(() => fail(new Error(`status ${response.statusCode}`)), fail);
    });
    sent.on('error', fail);
    sent.end();
  });
}

/** Whole lines alone: the connection may be cut in the middle of one. */
async function* eventsIn(response: IncomingMessage): AsyncGenerator<EventDocument> {
  let rest = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as EventDocument;
    }
  } catch (error) {
    throw asConnectionCut(error) ?? new ConnectionCut('the stream of events was cut off', true, error);
  } finally {
    response.destroy();
  }
}
