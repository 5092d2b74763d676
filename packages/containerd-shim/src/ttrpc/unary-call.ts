import { watchLimits } from './call-limits.js';
import type { CallRequest, Receiver, TtrpcClient } from './client.js';
import { CODE, TtrpcError } from './codes.js';
import { deferred } from './deferred.js';
import { FRAME_TYPE, type ReceivedFrame } from './frame.js';
import { readResponse } from './read-response.js';

/** A request that waits for its response. */
export class UnaryCall implements Receiver {
  readonly #response = deferred<Uint8Array>();
  #stream = 0;
  #unwatch: (() => void) | undefined;

  constructor(
    private readonly client: TtrpcClient,
    private readonly request: CallRequest,
  ) {}

  get response(): Promise<Uint8Array> {
    return this.#response.promise;
  }

  start(stream: number): void {
    this.#stream = stream;
    this.#unwatch = watchLimits(this.request, (error) => this.fail(error));
  }

  frame(frame: ReceivedFrame): void {
    try {
      if (frame.type !== FRAME_TYPE.RESPONSE) throw new TtrpcError(CODE.Internal, 'data in place of a response');
      this.#response.resolve(readResponse(frame));
      this.#finish();
    } catch (error) {
      this.fail(error as TtrpcError);
    }
  }

  fail(error: TtrpcError): void {
    this.#response.reject(error);
    this.#finish();
  }

  #finish(): void {
    this.#unwatch?.();
    this.client.forget(this.#stream);
  }
}
