import type { ContainerRef, OutputDocument, StatsDocument } from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import { readProcess } from '../reaper/process-identity.js';
import { readBlockIo } from './block-io.js';
import { readCpu } from './cpu.js';
import { readMemory } from './memory.js';
import { readNetwork } from './network.js';
import { readPids } from './pids.js';

/** Whose counters are read. */
export interface StatsSubject {
  readonly ref: ContainerRef & { readonly instance: string };
  readonly pid: number;
  /** Of init: another process with its pid has other networks. */
  readonly startTime: string;
  readonly cgroups: ContainerCgroups;
  /** What it has written. */
  readonly output: () => OutputDocument;
}

/** Reads all counters, as far as there are any. Rejects with SHIM_IO. */
export async function readStats({ ref, pid, startTime, cgroups, output }: StatsSubject): Promise<StatsDocument> {
  const { namespace, id, instance } = ref;
  const [cpu, memory, pids, blockIo, network] = await Promise.all([
    readCpu(cgroups),
    readMemory(cgroups),
    readPids(cgroups),
    readBlockIo(cgroups),
    readNetwork(pid),
  ]);
  const same = String(readProcess(pid)?.startTime) === startTime;
  return {
    namespace,
    id,
    instance,
    time: new Date().toISOString(),
    clockMs: Math.round(Number(process.hrtime.bigint() / 1000n)) / 1000,
    cpu,
    memory,
    pids,
    blockIo,
    network: same ? network : null,
    output: output(),
  };
}
