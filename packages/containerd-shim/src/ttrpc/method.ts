import type { Metadata } from './metadata.js';

/** One call that a server serves. */
export interface Call {
  /** As given to `serveConnection`. */
  readonly connection: string;
  /** With the connection's id it names the call, also to the next shimd that is sent it again. */
  readonly stream: number;
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  /** Aborts when the deadline passes and when the connection closes: nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/** A stream of messages from the client; it throws if the connection closes before its end. */
export type Messages = AsyncIterable<Uint8Array>;

/** How a method is served. Payloads are encoded messages; what a handler throws becomes the status. */
export type Method =
  | { readonly kind: 'unary'; handle(request: Uint8Array, call: Call): Uint8Array | Promise<Uint8Array> }
  | { readonly kind: 'client stream'; handle(requests: Messages, call: Call): Promise<Uint8Array> }
  | { readonly kind: 'server stream'; handle(request: Uint8Array, call: Call): Messages }
  | { readonly kind: 'both stream'; handle(requests: Messages, call: Call): Messages };

/** Methods of a service by name. */
export type Service = ReadonlyMap<string, Method>;
