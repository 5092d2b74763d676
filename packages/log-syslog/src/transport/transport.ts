import type { Slice } from '../message/slice.js';

/** How many messages of a slice were taken, the first ones, and why not the others. */
export interface Sent {
  readonly messages: number;
  /** Left out: all were taken. */
  readonly error?: unknown;
}

/** A way to a server. Deadlines are milliseconds of `performance.now()`; one in the past: no waiting. */
export interface Transport {
  /** Most records of one call. */
  readonly batchRecords: number;
  /** Makes the connection, with one attempt. Rejects with the system's error. */
  open(deadline: number): Promise<void>;
  /** Resolves once the slice's buffer may be filled: to nothing, or to what stands in the way still. */
  ready(deadline: number): Promise<unknown>;
  /** Sends a slice; `records` of the batch are in it. What is not taken when it resolves is not sent later. */
  send(slice: Slice, records: number, deadline: number): Promise<Sent>;
  /** Resolves when all that was taken has left for the server; rejects with what stands in the way. */
  flush(deadline: number): Promise<void>;
  /** Ends the connection. Resolves to how many records were taken and are known to be lost. */
  close(deadline: number): Promise<number>;
}

/** What happened on the way that nobody waits for: a connection that ended. */
export type Notice = (error: unknown, what: string) => void;
