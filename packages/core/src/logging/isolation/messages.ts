import type { ResolvedLog } from '../../config/container-config.js';
import type { StreamName } from '../../plugin/log-batch.js';
import type { LogCloseReason, LogLoss } from '../../plugin/log-driver.js';
import type { LoggedContainer } from '../../plugin/plugin-context.js';

/** What shimd says to a host, and the host to shimd. Everything can be cloned: it crosses threads and processes. */

/** What a driver in a host is made of. */
export interface DriverSetup {
  readonly log: ResolvedLog;
  /** Where the driver stands, such as `logs[0]`. */
  readonly entry: string;
  readonly namespace: string;
  readonly container: LoggedContainer;
  readonly directory: string;
  readonly callTimeoutMs: number;
}

/** A batch without its functions; the buffers are the receiver's own. */
export interface BatchMessage {
  readonly stream: StreamName;
  readonly time: bigint;
  readonly sequence: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** What a call does. */
export type HostCall =
  | { readonly method: 'create'; readonly setup: DriverSetup }
  | { readonly method: 'open' }
  | { readonly method: 'write'; readonly batch: BatchMessage }
  | { readonly method: 'gap'; readonly loss: LogLoss }
  | { readonly method: 'flush' }
  | { readonly method: 'reopen' }
  | { readonly method: 'close'; readonly reason: LogCloseReason };

/** To the host. `driver` names the instance, `id` the call. */
export type HostRequest =
  | { readonly kind: 'call'; readonly id: number; readonly driver: number; readonly call: HostCall }
  /** Whoever made the call has given it up. */
  | { readonly kind: 'abort'; readonly id: number };

/** What the driver that was created has, of what it need not have. */
export interface DriverTraits {
  readonly local: boolean;
  readonly batchRecords: number | undefined;
  readonly methods: readonly ('open' | 'gap' | 'reopen')[];
}

/** From the host. */
export type HostReply =
  /** First of all. `version` of the holdfast whose script it runs. */
  | { readonly kind: 'up'; readonly version: string }
  /** Of a call of `create`: the plugin's module is there, its `create` is about to be called. */
  | { readonly kind: 'loaded'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly value?: DriverTraits | { readonly lost: number } }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureMessage }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    };

/** An error as it crosses. */
export interface FailureMessage {
  readonly message: string;
  /** Of a ShimError, or of a system error. */
  readonly code?: string;
  /** True: `code` is of the table of errors. */
  readonly coded: boolean;
  readonly where?: string;
  readonly remedy?: string;
  readonly lost?: number;
  readonly retry?: boolean;
  readonly cause?: FailureMessage;
}
