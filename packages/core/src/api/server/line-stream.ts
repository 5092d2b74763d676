import type { ServerResponse } from 'node:http';
import type { PluginLogger } from '../../plugin/plugin-context.js';

/** An answer of many documents, one a line (NDJSON), for as long as the client stays. */
export class LineStream {
  /** `open` begins it; the signal is aborted when the client has gone. Throws what refuses the request. */
  constructor(readonly open: (signal: AbortSignal) => AsyncIterable<unknown>) {}
}

/** Sends them. A client that does not read holds up the source, and nothing is gathered for it. Never rejects. */
export async function sendLines(response: ServerResponse, stream: LineStream, logger: PluginLogger): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // Throws before anything was sent.
  const lines = stream.open(gone.signal);
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.flushHeaders();
  try {
    for await (const line of lines) {
      if (!response.write(`${JSON.stringify(line)}\n`)) await writable(response, gone.signal);
      if (gone.signal.aborted) return;
    }
    response.end();
  } catch (error) {
    logger.error({ err: error }, 'a stream of lines failed');
    // Cut off: a client must not take it for whole.
    response.destroy();
  }
}

function writable(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      gone.removeEventListener('abort', done);
      resolve();
    };
    response.on('drain', done);
    gone.addEventListener('abort', done);
  });
}
