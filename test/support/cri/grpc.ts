import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { buffer } from 'node:stream/consumers';

const PREFIX_BYTES = 5;

/** An answer other than OK. */
export class GrpcError extends Error {
  constructor(
    readonly method: string,
    readonly code: number,
    readonly details: string,
  ) {
    super(`${method}: code ${code}: ${details}`);
  }
}

/** Unary calls to a gRPC server at a socket. */
export class GrpcClient {
  readonly #session: ClientHttp2Session;

  constructor(path: string) {
    this.#session = connect('http://localhost', { createConnection: () => connectSocket(path) });
    // Calls tell it.
    this.#session.on('error', () => undefined);
  }

  /** `method` with its service: `runtime.v1.RuntimeService/Version`. Rejects with GrpcError. */
  async call(method: string, request: Buffer, timeoutMs = 60_000): Promise<Buffer> {
    const headers = { ':method': 'POST', ':path': `/${method}`, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = this.#session.request(headers, { signal: AbortSignal.timeout(timeoutMs) });
    let status: IncomingHttpHeaders = {};
    const note = (received: IncomingHttpHeaders): void => void (status = { ...status, ...received });
    // An answer without a body has its status among the headers.
    stream.on('response', note).on('trailers', note);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(request.length, 1);
    stream.end(Buffer.concat([prefix, request]));
    const body = await buffer(stream);
    if (status['grpc-status'] !== '0')
      throw new GrpcError(method, Number(status['grpc-status']), decodeURIComponent(String(status['grpc-message'])));
    return body.subarray(PREFIX_BYTES);
  }

  async close(): Promise<void> {
    if (this.#session.destroyed) return;
    const closed = once(this.#session, 'close');
    this.#session.close();
    await closed;
  }
}
