import type { ProcessDocument, StatsDocument } from '../api/documents.js';
import { listProcesses } from '../processes/list-processes.js';
import { outputDocument } from '../metrics/counters-document.js';
import { readStats } from '../stats/container-stats.js';
import type { Container } from './container.js';
import { unsupported } from './pause.js';
import { checkLegal } from './state-machine.js';

/** Changes the limits of a container; a request that is sent again sets the same limits again. */
export async function updateContainer(
  container: Container,
  requestId: string,
  resources: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { id, runtime, records } = container;
  if (runtime.update === undefined) throw unsupported(runtime, 'update');
  await records.begin(requestId, {});
  await runtime.update(id, resources);
}

/** The container's processes; rejects with SHIM_ILLEGAL_STATE unless it has any. */
export async function containerProcesses(container: Container): Promise<ProcessDocument[]> {
  const { id, runtime } = container;
  checkLegal('ps', container.status, id);
  if (runtime.ps === undefined) throw unsupported(runtime, 'ps');
  try {
    return await listProcesses(await runtime.ps(id));
  } catch (error) {
    // It may have ended meanwhile, which says more than the runtime's words.
    checkLegal('ps', container.status, id);
    throw error;
  }
}

/** The container's counters; rejects with SHIM_ILLEGAL_STATE unless it runs. */
export async function containerStats(container: Container): Promise<StatsDocument> {
  checkLegal('stats', container.status, container.id);
  const { request, runtime } = container.records;
  const { pid, startTime, cgroups = { v1: {}, v2: null } } = runtime;
  const stats = await readStats({
    ...{ ref: request, pid, startTime, cgroups },
    output: () => outputDocument(container.counters.streams),
  });
  // It may have ended, and its cgroups with it, while they were read.
  checkLegal('stats', container.status, container.id);
  return stats;
}
