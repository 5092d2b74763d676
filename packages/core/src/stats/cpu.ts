import { availableParallelism, cpus } from 'node:os';
import type { StatsDocument } from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import { keyedCount, readControl, readCount } from '../cgroups/control-file.js';

export async function readCpu({ v1, v2 }: ContainerCgroups): Promise<StatsDocument['cpu']> {
  const usageUs = v1['cpuacct'] === undefined ? await readV2(v2) : await readV1(v1['cpuacct']);
  return usageUs === undefined ? null : { usageUs, cpus: cpus().length || availableParallelism() };
}

/** Nanoseconds. */
async function readV1(directory: string): Promise<number | undefined> {
  const usage = await readCount(directory, 'cpuacct.usage');
  return usage === undefined ? undefined : Math.round(usage / 1000);
}

async function readV2(directory: string | null): Promise<number | undefined> {
  const stat = directory === null ? undefined : await readControl(directory, 'cpu.stat');
  return stat === undefined ? undefined : keyedCount(stat, 'usage_usec');
}
