import type { Duplex } from 'node:stream';
import { ClientStream } from './client-stream.js';
import { CODE, TtrpcError } from './codes.js';
import { connectUnix } from './connect-unix.js';
import { deferred } from './deferred.js';
import { Request } from './envelope.js';
import { FLAG, FRAME_TYPE, MAX_FRAME_DATA, type Frame, type ReceivedFrame } from './frame.js';
import { FrameChannel } from './frame-channel.js';
import type { Gate } from './message-queue.js';
import { metadataEntries, type Metadata } from './metadata.js';
import { UnaryCall } from './unary-call.js';

const NANOSECONDS_OF_MS = 1e6;
const LAST_STREAM = 0xffff_ffff;
const NO_DATA = new Uint8Array(0);

/** What a client asks for. */
export interface CallRequest {
  readonly service: string;
  readonly method: string;
  /** The encoded message; none for a stream whose messages are sent later. */
  readonly payload?: Uint8Array;
  /** The call fails with DeadlineExceeded after it; the server is told it, too. Without it there is none. */
  readonly timeoutMs?: number;
  readonly metadata?: Metadata;
  /** The call fails with Canceled. The server is not told: ttrpc has no frame for that. */
  readonly signal?: AbortSignal;
}

/** What waits for frames of one stream. */
export interface Receiver {
  frame(frame: ReceivedFrame): void;
  fail(error: TtrpcError): void;
}

/** A connection to a ttrpc server. It is not made again when it breaks: its calls fail with Unavailable, all later ones too. */
export class TtrpcClient {
  readonly #receivers = new Map<number, Receiver>();
  readonly #channel: FrameChannel;
  readonly #closed = deferred<void>();
  #nextStream = 1;

  /** Owns `duplex`. */
  constructor(duplex: Duplex) {
    this.#channel = new FrameChannel(duplex, {
      frame: (frame) => this.#receivers.get(frame.stream)?.frame(frame),
      closed: (error) => this.#end(error),
    });
    this.#channel.start();
  }

  /** `address` is the path of a Unix socket, with or without "unix://". Rejects with Unavailable, or DeadlineExceeded. */
  static async connect(address: string, options: { timeoutMs?: number } = {}): Promise<TtrpcClient> {
    return new TtrpcClient(await connectUnix(address, options));
  }

  /** Resolves when the connection has closed, from either side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get open(): boolean {
    return this.#channel.open;
  }

  /** Calls and streams without an end. */
  get calls(): number {
    return this.#receivers.size;
  }

  /** For streams whose reader is slow. */
  get gate(): Gate {
    return this.#channel;
  }

  /** A unary call. Resolves to the encoded response; rejects with a {@link TtrpcError}. */
  async call(request: CallRequest): Promise<Uint8Array> {
    const call = new UnaryCall(this, request);
    call.start(this.#open(request, { flags: 0, receiver: call }));
    return call.response;
  }

  /**
   * A call with a stream: what comes is iterated. With `sends` messages can be sent, until {@link ClientStream.end}; without it the
   * request's payload is all there is.
   */
  stream(request: CallRequest, { sends }: { sends: boolean }): ClientStream {
    const stream = new ClientStream(this, { request, sends });
    stream.start(this.#open(request, { flags: sends ? FLAG.REMOTE_OPEN : FLAG.REMOTE_CLOSED, receiver: stream }));
    return stream;
  }

  close(): void {
    this.#channel.close();
  }

  /** Resolves when there is room for the next. */
  sendData(stream: number, { flags, data }: Pick<Frame, 'flags' | 'data'>): Promise<void> {
    if (data.length > MAX_FRAME_DATA) throw tooLong('a message', data);
    this.#channel.send({ stream, type: FRAME_TYPE.DATA, flags, data });
    return this.#channel.room();
  }

  /** What still comes for `stream` is passed over. */
  forget(stream: number): void {
    this.#receivers.delete(stream);
  }

  #open(request: CallRequest, { flags, receiver }: { flags: number; receiver: Receiver }): number {
    if (!this.#channel.open || this.#nextStream > LAST_STREAM) {
      throw new TtrpcError(CODE.Unavailable, 'the connection has closed');
    }
    const { service, method, payload = NO_DATA, timeoutMs, metadata = new Map(), signal } = request;
    if (signal?.aborted === true) {
      throw new TtrpcError(CODE.Canceled, `${service}/${method} was given up`, { cause: signal.reason });
    }
    const timeoutNano = timeoutMs === undefined ? 0n : BigInt(Math.max(1, Math.ceil(timeoutMs * NANOSECONDS_OF_MS)));
    const data = Request.encode({ service, method, payload, timeoutNano, metadata: metadataEntries(metadata) });
    if (data.length > MAX_FRAME_DATA) throw tooLong('a request', data);
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#receivers.set(stream, receiver);
    this.#channel.send({ stream, type: FRAME_TYPE.REQUEST, flags, data });
    return stream;
  }

  #end(error: Error | undefined): void {
    const receivers = [...this.#receivers.values()];
    this.#receivers.clear();
    const why = error === undefined ? '' : `: ${error.message}`;
    const reason = new TtrpcError(CODE.Unavailable, `the connection has closed${why}`, { cause: error });
    for (const receiver of receivers) receiver.fail(reason);
    this.#closed.resolve();
  }
}

function tooLong(what: string, { length }: Uint8Array): TtrpcError {
  return new TtrpcError(CODE.ResourceExhausted, `${what} of ${length} bytes is longer than ${MAX_FRAME_DATA} bytes`);
}
