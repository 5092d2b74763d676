import { DEFAULT_OUTPUT } from '../config/container-config.js';
import type { StreamName } from '../plugin/log-batch.js';
import { OutputPump } from './output-pump.js';
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

/** Once a process has ended what it left is read without waiting. */
export function liftBlock(limiter: RateLimiter | undefined): void {
  if (limiter?.policy === 'block') limiter.lift();
}

/** The pump of one stream of a process. */
export function makePump(
  { stream, fd, limiter }: PumpRequest,
  { hub, records, lose, output = DEFAULT_OUTPUT }: ProcessIoOptions,
  { poller, buffers, gate, logger }: IoServices,
): OutputPump {
  const sink = { raw: hub.send.bind(hub), records, lose };
  const onError = (error: unknown): void => logger.error({ err: error, stream }, 'reading output failed');
  return new OutputPump({ stream, fd, sink, poller, buffers, gate, limiter, ...output, onError });
}
