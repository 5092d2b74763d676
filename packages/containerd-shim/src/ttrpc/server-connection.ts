import type { Duplex } from 'node:stream';
import { CODE, TtrpcError } from './codes.js';
import { deferred } from './deferred.js';
import { Request, Response } from './envelope.js';
import { FLAG, FRAME_TYPE, MAX_FRAME_DATA, type ReceivedFrame } from './frame.js';
import { FrameChannel } from './frame-channel.js';
import type { Gate } from './message-queue.js';
import { readMetadata, type Metadata } from './metadata.js';
import type { Service } from './method.js';
import { ServerCall } from './server-call.js';

const NO_DATA = new Uint8Array(0);
/** Characters of a status. */
const MAX_MESSAGE = 64 * 1024;

/** What a server gives its connections. */
export interface ConnectionOptions {
  /** Becomes part of what names a call. */
  readonly id: string;
  readonly duplex: Duplex;
  /** For requests that don't say it themselves. */
  readonly metadata?: Metadata;
  readonly services: ReadonlyMap<string, Service>;
  /** What the client is told of what a handler threw. Must not throw. */
  statusOf(error: unknown): TtrpcError;
  /** The number of calls without an answer has changed. */
  changed(): void;
}

/** A client's connection: requests in, answers out in whatever order they come. */
export class ServerConnection {
  readonly #calls = new Map<number, ServerCall>();
  readonly #channel: FrameChannel;
  readonly #closed = deferred<void>();
  #lastStream = 0;
  #congested = false;

  constructor(private readonly options: ConnectionOptions) {
    this.#channel = new FrameChannel(options.duplex, {
      frame: (frame) => this.#frame(frame),
      closed: () => this.#end(),
    });
  }

  get id(): string {
    return this.options.id;
  }

  /** Calls without an answer. */
  get calls(): number {
    return this.#calls.size;
  }

  /** Resolves when the connection has closed, from either side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** For streams whose reader is slow. */
  get gate(): Gate {
    return this.#channel;
  }

  start(): void {
    this.#channel.start();
  }

  /** Resolves when the kernel has every answer given so far. */
  flushed(): Promise<void> {
    return this.#channel.flushed();
  }

  /** Calls without an answer stay without one. */
  close(): void {
    this.#channel.close();
  }

  respond(stream: number, payload: Uint8Array): void {
    const data = Response.encode({ payload });
    if (data.length > MAX_FRAME_DATA) {
      this.respondError(stream, tooLong(`a response of ${data.length} bytes`));
      return;
    }
    this.#send({ stream, type: FRAME_TYPE.RESPONSE, flags: 0, data });
  }

  respondError(stream: number, error: unknown): void {
    const data = Response.encode({ status: this.#status(error) });
    this.#send({ stream, type: FRAME_TYPE.RESPONSE, flags: 0, data });
  }

  /** Resolves when there is room for the next. */
  sendData(stream: number, data: Uint8Array): Promise<void> {
    if (data.length > MAX_FRAME_DATA) return Promise.reject(tooLong(`a message of ${data.length} bytes`));
    this.#send({ stream, type: FRAME_TYPE.DATA, flags: 0, data });
    return this.#channel.room();
  }

  endData(stream: number): void {
    this.#send({ stream, type: FRAME_TYPE.DATA, flags: FLAG.REMOTE_CLOSED | FLAG.NO_DATA, data: NO_DATA });
  }

  finished(call: ServerCall): void {
    this.#calls.delete(call.stream);
    this.options.changed();
  }

  #status(error: unknown): { code: number; message: string } {
    const { code, message } = this.options.statusOf(error);
    return { code: code > 0 && (code | 0) === code ? code : CODE.Unknown, message: message.slice(0, MAX_MESSAGE) };
  }

  /** A client that doesn't read its answers is not read either, so that they can't pile up. */
  #send(frame: { stream: number; type: number; flags: number; data: Uint8Array }): void {
    if (this.#channel.send(frame) || this.#congested) return;
    this.#congested = true;
    this.#channel.hold();
    void this.#channel.room().then(() => {
      this.#congested = false;
      this.#channel.release();
    });
  }

  #frame(frame: ReceivedFrame): void {
    const { stream, type } = frame;
    try {
      if (stream % 2 === 0) throw new TtrpcError(CODE.InvalidArgument, `stream ${stream}: a client's ids are odd`);
      if (type === FRAME_TYPE.REQUEST) this.#open(frame);
      else if (type === FRAME_TYPE.DATA) this.#data(frame);
      // Other types are of later versions.
    } catch (error) {
      this.respondError(stream, error);
    }
  }

  #open(frame: ReceivedFrame): void {
    const { stream, flags } = frame;
    if (stream <= this.#lastStream) {
      throw new TtrpcError(CODE.InvalidArgument, `stream ${stream} comes after ${this.#lastStream}: ids increase`);
    }
    this.#lastStream = stream;
    if (frame.oversized) throw tooLong('the request');
    const request = Request.decode(frame.data);
    const service = this.options.services.get(request.service);
    if (service === undefined) throw new TtrpcError(CODE.Unimplemented, `service ${request.service}`);
    const method = service.get(request.method);
    if (method === undefined) throw new TtrpcError(CODE.Unimplemented, `method ${request.method}`);
    const call = new ServerCall({
      connection: this,
      stream,
      request,
      metadata: readMetadata(request.metadata, this.options.metadata ?? new Map()),
      remoteOpen: (flags & FLAG.REMOTE_OPEN) !== 0,
    });
    this.#calls.set(stream, call);
    this.options.changed();
    call.start(method);
  }

  #data(frame: ReceivedFrame): void {
    const call = this.#calls.get(frame.stream);
    if (call !== undefined) {
      if (frame.oversized) call.fail(tooLong('a message'));
      else call.data(frame);
    } else if (frame.stream > this.#lastStream) {
      throw new TtrpcError(CODE.InvalidArgument, `stream ${frame.stream} was never opened`);
    }
    // A stream that has just been answered may have data on its way.
  }

  #end(): void {
    const reason = new TtrpcError(CODE.Canceled, 'the client has gone');
    for (const call of [...this.#calls.values()]) call.abandon(reason);
    this.#closed.resolve();
  }
}

function tooLong(what: string): TtrpcError {
  return new TtrpcError(CODE.ResourceExhausted, `${what} is longer than ${MAX_FRAME_DATA} bytes`);
}
