import { totalmem } from 'node:os';
import type { StatsDocument } from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import { keyedCount, readControl, readCount, readLimit } from '../cgroups/control-file.js';

/** v1 writes no limit as the largest number of whole pages. */
const NO_LIMIT = 2 ** 62;

export async function readMemory({ v1, v2 }: ContainerCgroups): Promise<StatsDocument['memory']> {
  if (v1['memory'] !== undefined) return readV1(v1['memory']);
  return v2 === null ? null : readV2(v2);
}

async function readV1(directory: string): Promise<StatsDocument['memory']> {
  const used = await readCount(directory, 'memory.usage_in_bytes');
  if (used === undefined) return null;
  const limit = (await readCount(directory, 'memory.limit_in_bytes')) ?? NO_LIMIT;
  const stat = (await readControl(directory, 'memory.stat')) ?? '';
  return memoryOf(used, keyedCount(stat, 'total_inactive_file'), limit >= NO_LIMIT ? null : limit);
}

async function readV2(directory: string): Promise<StatsDocument['memory']> {
  const used = await readCount(directory, 'memory.current');
  if (used === undefined) return null;
  const limit = (await readLimit(directory, 'memory.max')) ?? null;
  const stat = (await readControl(directory, 'memory.stat')) ?? '';
  return memoryOf(used, keyedCount(stat, 'inactive_file'), limit);
}

/** The three are read one after another, so that the cache can be larger than what was in use. */
function memoryOf(used: number, cache = 0, limitBytes: number | null = null): StatsDocument['memory'] {
  return { usageBytes: Math.max(0, used - cache), limitBytes, hostBytes: totalmem() };
}
