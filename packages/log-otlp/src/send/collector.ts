import { Agent, request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { contentType } from '../encode/serializer.js';
import type { Settings } from '../options/settings.js';
import { codeOf } from '../system-error.js';
import { readAnswer, type Answer } from './answer.js';
import { readTlsFiles } from './tls-files.js';

type Request = (url: URL, options: RequestOptions) => ClientRequest;

const compress = promisify(gzip);
/** How an idle connection that the collector has closed ends a request. */
const CLOSED = ['ECONNRESET', 'EPIPE'];
/** Calls never overlap. */
const AGENT = { keepAlive: true, maxSockets: 1 } as const;

/** One collector, over one connection that stays open between requests. */
export class Collector {
  readonly #headers: Record<string, string>;

  private constructor(
    private readonly settings: Settings,
    private readonly agent: Agent,
    private readonly request: Request,
  ) {
    const { protocol, gzip: compressed, headers } = settings;
    this.#headers = {
      'User-Agent': 'holdfast-log-otlp',
      ...headers,
      'Content-Type': contentType(protocol),
      ...(compressed && { 'Content-Encoding': 'gzip' }),
    };
  }

  /** Connects to nothing yet. Rejects with SHIM_LOG_OPEN for files that can't be used. */
  static async open(settings: Settings): Promise<Collector> {
    const { url, tls } = settings;
    if (url.protocol === 'http:') return new Collector(settings, new Agent(AGENT), httpRequest);
    const https = await import('node:https');
    const agent = new https.Agent({
      ...AGENT,
      ...(await readTlsFiles(tls)),
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
      rejectUnauthorized: !tls.insecureSkipVerify,
    });
    return new Collector(settings, agent, https.request);
  }

  /** Rejects with the error of the connection, or with the reason of the signal. */
  async post(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const bytes = this.settings.gzip ? await compress(body) : body;
    signal.throwIfAborted();
    const first = await this.#post(bytes, signal);
    // The collector closed the idle connection when this request was on its way: it has not seen it.
    if ('error' in first && first.stale) return answerOf(await this.#post(bytes, signal));
    return answerOf(first);
  }

  close(): void {
    this.agent.destroy();
  }

  #post(body: Uint8Array, signal: AbortSignal): Promise<Reply> {
    const headers = { ...this.#headers, 'Content-Length': String(body.length) };
    return new Promise((resolve) => {
      const { agent } = this;
      const request = this.request(this.settings.url, { method: 'POST', agent, headers, signal });
      const fail = (cause: unknown): void => {
        const error = signal.aborted ? (signal.reason as unknown) : cause;
        resolve({ error, stale: !signal.aborted && request.reusedSocket && CLOSED.includes(codeOf(cause) ?? '') });
      };
      request.on('response', (message) => void readAnswer(message).then(resolve, fail));
      request.on('error', fail);
      request.end(body);
    });
  }
}

/** `stale`: the connection was an old one, and closed before an answer came. */
type Reply = Answer | { readonly error: unknown; readonly stale: boolean };

function answerOf(reply: Reply): Answer {
  if ('error' in reply) throw reply.error;
  return reply;
}
