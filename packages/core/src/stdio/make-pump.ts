import { DEFAULT_OUTPUT } from '../config/container-config.js';
import type { StreamName } from '../plugin/log-batch.js';
import { OutputPump } from './output-pump.js';
import type { OutputReader } from './output-reader.js';
import type { OutputSink } from './output-sink.js';
import type { MoveRecords } from './pipe-mover.js';
import type { IoServices, ProcessIoOptions } from './process-io.js';
import { RateLimiter } from './rate-limiter.js';

/** What {@link makePump} is told. */
export interface PumpRequest {
  readonly stream: StreamName;
  readonly fd: number;
  readonly limiter: RateLimiter | undefined;
}

/** The limit that both streams of a process share, if it has one. */
export function makeLimiter({ output }: ProcessIoOptions): RateLimiter | undefined {
  return output?.rateLimit === undefined ? undefined : new RateLimiter(output.rateLimit);
}

/**
 * Once a process has ended what it left is read without waiting. One that has been asked to end is given `ms`: it could not, while it
 * waits to print.
 */
export function liftBlock(limiter: RateLimiter | undefined, ms?: number): void {
  if (limiter?.policy === 'block') limiter.lift(ms);
}

/** What reads one stream of a process. */
export function makeReader(request: PumpRequest, options: ProcessIoOptions, services: IoServices): OutputReader {
  return options.reader?.(request) ?? makePump(request, options, services);
}

/** The pump of one stream of a process. */
export function makePump(
  { stream, fd, limiter }: PumpRequest,
  { hub, records, lose, direct, output = DEFAULT_OUTPUT }: ProcessIoOptions,
  { poller, buffers, gate, logger }: IoServices,
): OutputPump {
  const move: MoveRecords = (pipe) => (hub.empty ? direct?.(stream, pipe) : undefined);
  const sink: OutputSink = { raw: hub.send.bind(hub), records, lose, move };
  const onError = (error: unknown): void => logger.error({ err: error, stream }, 'reading output failed');
  const pump = new OutputPump({ stream, fd, sink, poller, buffers, gate, limiter, ...output, onError });
  hub.watch(() => pump.interrupt());
  return pump;
}
