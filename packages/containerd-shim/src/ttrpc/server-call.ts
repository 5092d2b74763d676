import { CODE, TtrpcError } from './codes.js';
import { startDeadline } from './deadline.js';
import type { Request } from './envelope.js';
import { FLAG, type Frame } from './frame.js';
import { MessageQueue } from './message-queue.js';
import type { Metadata } from './metadata.js';
import type { Call, Method } from './method.js';
import type { ServerConnection } from './server-connection.js';

const NANOSECONDS_OF_MS = 1e6;

/** What a call is made of. */
export interface CallParts {
  readonly connection: ServerConnection;
  readonly stream: number;
  readonly request: Request;
  readonly metadata: Metadata;
  /** The client sends more than the request. */
  readonly remoteOpen: boolean;
}

/** A call from its request to its answer; then, or when the connection closes, it is finished. */
export class ServerCall implements Call {
  readonly connection: string;
  readonly stream: number;
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  readonly #parts: CallParts;
  /** Most handlers never look at their signal, and thousands may wait. */
  #abort: AbortController | undefined;
  #requests: MessageQueue | undefined;
  #cancelDeadline: (() => void) | undefined;
  #reason: TtrpcError | undefined;
  #finished = false;

  constructor(parts: CallParts) {
    const { connection, stream, request, metadata } = parts;
    this.#parts = parts;
    this.connection = connection.id;
    this.stream = stream;
    this.service = request.service;
    this.method = request.method;
    this.metadata = metadata;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  start(method: Method): void {
    const timeout = this.#parts.request.timeoutNano;
    if (timeout > 0n) {
      this.#cancelDeadline = startDeadline(Number(timeout) / NANOSECONDS_OF_MS, () =>
        this.fail(new TtrpcError(CODE.DeadlineExceeded, 'context deadline exceeded')),
      );
    }
    void this.#serve(method).catch((error: unknown) => this.fail(error));
  }

  /** A data frame of the client's. */
  data({ flags, data }: Frame): void {
    const requests = this.#requests;
    if (requests === undefined || requests.ended) {
      this.fail(new TtrpcError(CODE.InvalidArgument, `stream ${this.stream} takes no data`));
      return;
    }
    if ((flags & FLAG.NO_DATA) === 0) requests.push(data);
    if ((flags & FLAG.REMOTE_CLOSED) !== 0) requests.end();
  }

  /** Answers with an error, unless it was answered. */
  fail(error: unknown): void {
    if (this.#finished) return;
    this.#parts.connection.respondError(this.stream, error);
    this.abandon(error instanceof TtrpcError ? error : new TtrpcError(CODE.Canceled, 'the call has failed'));
  }

  /** Nobody waits for its answer any more. */
  abandon(reason: TtrpcError): void {
    if (!this.#finish()) return;
    this.#reason = reason;
    this.#requests?.end(reason);
    this.#abort?.abort(reason);
  }

  async #serve(method: Method): Promise<void> {
    const { request, connection } = this.#parts;
    switch (method.kind) {
      case 'unary':
        this.#respond(await method.handle(request.payload, this));
        return;
      case 'client stream':
        this.#respond(await method.handle(this.#openRequests(), this));
        return;
      case 'server stream':
        return this.#stream(method.handle(request.payload, this));
      case 'both stream':
        return this.#stream(method.handle(this.#openRequests(), this));
      default:
        throw new TtrpcError(CODE.Internal, `a method without a kind, on ${connection.id}`);
    }
  }

  #openRequests(): MessageQueue {
    const { connection, request, remoteOpen } = this.#parts;
    const requests = new MessageQueue(connection.gate);
    // A client that streams sends its messages as data; one whose stream has but one may send that with the request.
    if (request.payload.length > 0 || !remoteOpen) requests.push(request.payload);
    if (!remoteOpen) requests.end();
    this.#requests = requests;
    return requests;
  }

  async #stream(messages: AsyncIterable<Uint8Array>): Promise<void> {
    const { connection } = this.#parts;
    for await (const message of messages) {
      if (this.#finished) return;
      await connection.sendData(this.stream, message);
    }
    if (this.#finish()) connection.endData(this.stream);
  }

  #respond(payload: Uint8Array): void {
    if (this.#finish()) this.#parts.connection.respond(this.stream, payload);
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#finished) return false;
    this.#finished = true;
    this.#cancelDeadline?.();
    this.#requests?.abandon();
    this.#parts.connection.finished(this);
    return true;
  }
}
