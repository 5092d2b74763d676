import type { StreamName } from '../plugin/log-batch.js';
import type { EventPoller } from './event-poller.js';
import type { OutputGate } from './output-gate.js';
import type { OutputSink } from './output-sink.js';
import type { PeekBuffers } from './peek-buffers.js';
import type { RateLimiter } from './rate-limiter.js';

/** What an output pump needs. */
export interface OutputPumpOptions {
  readonly stream: StreamName;
  /** Read end of the FIFO, non-blocking; the pump owns it. */
  readonly fd: number;
  readonly sink: OutputSink;
  readonly poller: EventPoller;
  readonly buffers: PeekBuffers;
  /** Left out: always open. */
  readonly gate?: OutputGate | undefined;
  /** Left out: none. */
  readonly limiter?: RateLimiter | undefined;
  /** Bytes; a longer line is cut. */
  readonly maxRecord: number;
  /** Milliseconds that the beginning of a line waits for its end before it is passed on as a partial record. */
  readonly partialDelayMs: number;
  /** A bug or a failing system call: the stream ends here. */
  readonly onError: (error: unknown) => void;
}
