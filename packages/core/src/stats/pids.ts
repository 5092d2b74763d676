import type { StatsDocument } from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import { readCount, readLimit } from '../cgroups/control-file.js';

export async function readPids({ v1, v2 }: ContainerCgroups): Promise<StatsDocument['pids']> {
  const directory = v1['pids'] ?? v2;
  const current = directory === null ? undefined : await readCount(directory, 'pids.current');
  if (directory === null || current === undefined) return null;
  return { current, limit: (await readLimit(directory, 'pids.max')) ?? null };
}
