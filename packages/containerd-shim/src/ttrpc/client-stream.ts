import { watchLimits } from './call-limits.js';
import type { CallRequest, Receiver, TtrpcClient } from './client.js';
import { CODE, TtrpcError } from './codes.js';
import { FLAG, FRAME_TYPE, type ReceivedFrame } from './frame.js';
import { MessageQueue } from './message-queue.js';
import { readResponse, refuseOversized } from './read-response.js';

const NO_DATA = new Uint8Array(0);

/** A call with a stream. Iterating it, once, gives the server's messages; it throws a {@link TtrpcError} if the call fails. */
export class ClientStream implements Receiver, AsyncIterable<Uint8Array> {
  readonly #messages: MessageQueue;
  readonly #request: CallRequest;
  #sends: boolean;
  #stream = 0;
  #unwatch: (() => void) | undefined;

  constructor(
    private readonly client: TtrpcClient,
    { request, sends }: { request: CallRequest; sends: boolean },
  ) {
    this.#messages = new MessageQueue(client.gate);
    this.#request = request;
    this.#sends = sends;
  }

  start(stream: number): void {
    this.#stream = stream;
    this.#unwatch = watchLimits(this.#request, (error) => this.fail(error));
  }

  /** Resolves when there is room for the next. After the end of the call it is lost, and iterating tells why. */
  async send(data: Uint8Array): Promise<void> {
    if (this.#messages.ended) return;
    if (!this.#sends) throw new TtrpcError(CODE.FailedPrecondition, 'a message after the end of the stream');
    await this.client.sendData(this.#stream, { flags: 0, data });
  }

  /** No more is sent. */
  end(): void {
    if (!this.#sends) return;
    this.#sends = false;
    if (this.#messages.ended) return;
    void this.client.sendData(this.#stream, { flags: FLAG.REMOTE_CLOSED | FLAG.NO_DATA, data: NO_DATA });
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, void, void> {
    return this.#messages[Symbol.asyncIterator]();
  }

  /** The answer to a stream of the client's: the only message that comes. */
  async response(): Promise<Uint8Array> {
    let last: Uint8Array = NO_DATA;
    for await (const message of this) last = message;
    return last;
  }

  frame(frame: ReceivedFrame): void {
    try {
      if (frame.type === FRAME_TYPE.RESPONSE) {
        const payload = readResponse(frame);
        // An empty one is what ends a stream whose messages have come as data.
        if (payload.length > 0) this.#messages.push(payload);
        this.#finish();
      } else if (frame.type === FRAME_TYPE.DATA) this.#data(frame);
    } catch (error) {
      this.fail(error as TtrpcError);
    }
  }

  fail(error: TtrpcError): void {
    this.#finish(error);
  }

  #data(frame: ReceivedFrame): void {
    refuseOversized(frame);
    if ((frame.flags & FLAG.NO_DATA) === 0) this.#messages.push(frame.data);
    if ((frame.flags & FLAG.REMOTE_CLOSED) !== 0) this.#finish();
  }

  #finish(error?: TtrpcError): void {
    this.#messages.end(error);
    this.#unwatch?.();
    this.client.forget(this.#stream);
  }
}
