import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeJsonRequest, encodeJsonResponse } from './otlp-json.js';
import { decodeProtobufRequest, encodeProtobufResponse } from './otlp-protobuf.js';
import type { OtlpRecord } from './otlp-records.js';
import { until } from './until.js';

/** A request that came. */
export interface OtlpRequest {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  /** As sent, compressed or not. */
  readonly size: number;
  readonly records: readonly OtlpRecord[];
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

/** How the receiver treats a request. */
export type Reaction =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly rejected: number; readonly message: string }
  | { readonly largest: number }
  | 'take'
  | 'reset'
  | 'reset in mid-request'
  | 'hang';

/** A collector that reads strictly, and does what it is told to. */
export class OtlpReceiver {
  readonly requests: OtlpRequest[] = [];
  /** Of the requests that were answered with success, in order. */
  readonly records: OtlpRecord[] = [];
  /** What was wrong with requests. */
  readonly errors: string[] = [];
  readonly #reactions: Reaction[] = [];
  #always: Reaction = 'take';
  #connections = 0;

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {
    server.keepAliveTimeout = 0;
    server.on(scheme === 'https' ? 'secureConnection' : 'connection', (socket: object) => {
      NUMBERS.set(socket, ++this.#connections);
    });
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(tls?: ServerOptions): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(
      tls === undefined ? createServer() : createTlsServer(tls),
      tls ? 'https' : 'http',
    );
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Its base endpoint. */
  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** Bodies as text. */
  texts(): string[] {
    return this.records.map(({ body }) => (Buffer.isBuffer(body) ? body.toString('latin1') : String(body)));
  }

  /** For the next requests, one each; those after them are taken. */
  react(...reactions: Reaction[]): void {
    this.#reactions.push(...reactions);
  }

  /** For all requests that {@link react} says nothing of. */
  reactAlways(reaction: Reaction): void {
    this.#always = reaction;
  }

  /** Ends the connections that are idle, as a server does after a while, and waits until that is done. */
  async endIdle(): Promise<void> {
    this.server.closeIdleConnections();
    await until('idle connections end', async () => (await this.connections()) === 0);
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reaction = this.#reactions.shift() ?? this.#always;
    if (reaction === 'reset in mid-request') return void request.once('data', () => request.socket.resetAndDestroy());
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    try {
      this.#take(this.#read(request, body), reaction, response);
    } catch (error) {
      this.errors.push(String(error));
      response.writeHead(400).end(String(error));
    }
  }

  #read(request: IncomingMessage, body: Buffer): OtlpRequest {
    const { headers, method, url = '' } = request;
    if (method !== 'POST') throw new Error(`method ${method}`);
    if (headers['content-length'] !== String(body.length)) throw new Error('no content-length, or a wrong one');
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const decode = DECODERS[headers['content-type'] ?? ''];
    if (decode === undefined) throw new Error(`content-type ${headers['content-type']}`);
    const connection = NUMBERS.get(request.socket) ?? 0;
    return { headers, url, size: body.length, records: decode(plain), connection };
  }

  #take(request: OtlpRequest, reaction: Reaction, response: ServerResponse): void {
    this.requests.push(request);
    if (reaction === 'hang') return;
    if (reaction === 'reset') return void response.socket?.resetAndDestroy();
    const plan: Plan = typeof reaction === 'object' ? reaction : {};
    response.setHeader('Content-Type', request.headers['content-type']!);
    if (plan.status !== undefined) return void response.writeHead(plan.status, plan.headers).end(plan.body);
    if (request.size > (plan.largest ?? Infinity)) return void response.writeHead(413).end();
    this.records.push(...request.records.slice(0, request.records.length - (plan.rejected ?? 0)));
    response.end(successOf(request.headers['content-type'] === 'application/json', plan));
  }
}

/** All that reactions may say. */
interface Plan {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly rejected?: number;
  readonly message?: string;
  readonly largest?: number;
}

function successOf(json: boolean, { rejected, message = '' }: Plan): Buffer {
  if (rejected === undefined) return Buffer.from(json ? '{}' : '');
  return (json ? encodeJsonResponse : encodeProtobufResponse)(rejected, message);
}

const NUMBERS = new WeakMap<object, number>();
const DECODERS: Readonly<Record<string, (bytes: Buffer) => OtlpRecord[]>> = {
  'application/x-protobuf': decodeProtobufRequest,
  'application/json': decodeJsonRequest,
};
