import { ShimError, type LogQuery, type StreamName } from '@holdfast/core/plugin';
import { parseLogTime } from '../log-time.js';
import { parseCount } from '../numbers.js';

/** The flags of `shimctl logs` that say which records. */
export interface LogsFlags {
  readonly tail?: string;
  readonly since?: string;
  readonly until?: string;
  readonly stream?: StreamName;
  readonly stdout?: true;
  readonly stderr?: true;
}

/** Throws SHIM_USAGE. */
export function logsQuery({ tail, since, until, stream, stdout, stderr }: LogsFlags): LogQuery {
  const asked = { stdout: stdout === true || stream === 'stdout', stderr: stderr === true || stream === 'stderr' };
  const streams = (['stdout', 'stderr'] as const).filter((name) => asked[name]);
  const now = BigInt(Date.now()) * 1_000_000n;
  const query = {
    ...(streams.length > 0 && { streams }),
    ...(tail !== undefined && tail !== 'all' && { tail: parseCount(tail, '--tail') }),
    ...(since !== undefined && { since: parseLogTime(since, '--since', now) }),
    ...(until !== undefined && { until: parseLogTime(until, '--until', now) }),
  };
  if (query.since !== undefined && query.until !== undefined && query.since >= query.until) {
    throw new ShimError('SHIM_USAGE', 'nothing lies between --since and --until', {
      where: '--until',
      remedy: 'Give --until a time after that of --since.',
    });
  }
  return query;
}
