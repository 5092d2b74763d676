import { MetricsV1, MetricsV2, packAny, type StatsRequest, type StatsResponse } from '../messages/index.js';
import type { TaskContext } from '../task/task-context.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { v1Metrics } from './v1-metrics.js';
import { v2Metrics } from './v2-metrics.js';

/** `Stats`: on a hybrid host too the counters are those of v1. */
export async function statsOf(context: TaskContext, { id }: StatsRequest): Promise<StatsResponse> {
  const { cgroups, exit } = context.process({ id, execId: '' });
  if (exit !== undefined || cgroups === undefined)
    throw new TtrpcError(CODE.NotFound, `no cgroup of task ${id}: not found`);
  const { v1, v2 } = cgroups;
  if (Object.keys(v1).length > 0) return { stats: packAny(MetricsV1, await v1Metrics(v1)) };
  if (v2 !== null) return { stats: packAny(MetricsV2, await v2Metrics(v2)) };
  throw new TtrpcError(CODE.NotFound, `task ${id} shares its cgroup with the host: not found`);
}
