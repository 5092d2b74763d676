import type { InitOf, MetricsV2 } from '../messages/index.js';
import { readKeyed, readNumber, readText } from './cgroup-file.js';

type Metrics = InitOf<typeof MetricsV2>;

/** What a container's cgroup of v2 counts. */
export async function v2Metrics(directory: string): Promise<Metrics> {
  const [pids, cpu, memory, io, memoryEvents] = await Promise.all([
    pidsOf(directory),
    cpuOf(directory),
    memoryOf(directory),
    ioOf(directory),
    eventsOf(directory),
  ]);
  return { pids, cpu, memory, io, memoryEvents };
}

async function pidsOf(directory: string): Promise<Metrics['pids']> {
  return { current: await readNumber(directory, 'pids.current'), limit: await readNumber(directory, 'pids.max') };
}

async function cpuOf(directory: string): Promise<Metrics['cpu']> {
  const stat = await readKeyed(directory, 'cpu.stat');
  return {
    usageUsec: stat('usage_usec'),
    userUsec: stat('user_usec'),
    systemUsec: stat('system_usec'),
    nrPeriods: stat('nr_periods'),
    nrThrottled: stat('nr_throttled'),
    throttledUsec: stat('throttled_usec'),
    nrBursts: stat('nr_bursts'),
    burstUsec: stat('burst_usec'),
  };
}

async function memoryOf(directory: string): Promise<Metrics['memory']> {
  const stat = await readKeyed(directory, 'memory.stat');
  const [usage, usageLimit, maxUsage, swapUsage, swapLimit, swapMaxUsage] = await Promise.all(
    ['current', 'max', 'peak', 'swap.current', 'swap.max', 'swap.peak'].map((name) =>
      readNumber(directory, `memory.${name}`),
    ),
  );
  return {
    anon: stat('anon'),
    file: stat('file'),
    kernelStack: stat('kernel_stack'),
    slab: stat('slab'),
    sock: stat('sock'),
    shmem: stat('shmem'),
    fileMapped: stat('file_mapped'),
    fileDirty: stat('file_dirty'),
    fileWriteback: stat('file_writeback'),
    anonThp: stat('anon_thp'),
    inactiveAnon: stat('inactive_anon'),
    activeAnon: stat('active_anon'),
    inactiveFile: stat('inactive_file'),
    activeFile: stat('active_file'),
    unevictable: stat('unevictable'),
    slabReclaimable: stat('slab_reclaimable'),
    slabUnreclaimable: stat('slab_unreclaimable'),
    pgfault: stat('pgfault'),
    pgmajfault: stat('pgmajfault'),
    workingsetRefault: stat('workingset_refault'),
    workingsetActivate: stat('workingset_activate'),
    workingsetNodereclaim: stat('workingset_nodereclaim'),
    pgrefill: stat('pgrefill'),
    pgscan: stat('pgscan'),
    pgsteal: stat('pgsteal'),
    pgactivate: stat('pgactivate'),
    pgdeactivate: stat('pgdeactivate'),
    pglazyfree: stat('pglazyfree'),
    pglazyfreed: stat('pglazyfreed'),
    thpFaultAlloc: stat('thp_fault_alloc'),
    thpCollapseAlloc: stat('thp_collapse_alloc'),
    ...{ usage, usageLimit, swapUsage, swapLimit, maxUsage, swapMaxUsage },
    workingsetRefaultAnon: stat('workingset_refault_anon'),
    workingsetRefaultFile: stat('workingset_refault_file'),
    workingsetActivateAnon: stat('workingset_activate_anon'),
    workingsetActivateFile: stat('workingset_activate_file'),
  };
}

async function ioOf(directory: string): Promise<Metrics['io']> {
  return { usage: ioEntries((await readText(directory, 'io.stat')) ?? '') };
}

/** Lines `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 …`. */
export function ioEntries(text: string) {
  return [...text.matchAll(/^(\d+):(\d+) (.*)$/gm)].map(([, major = '0', minor = '0', rest = '']) => {
    const number = (key: string): bigint => BigInt(new RegExp(`\\b${key}=(\\d+)`).exec(rest)?.[1] ?? 0);
    return {
      ...{ major: BigInt(major), minor: BigInt(minor), rbytes: number('rbytes'), wbytes: number('wbytes') },
      ...{ rios: number('rios'), wios: number('wios') },
    };
  });
}

async function eventsOf(directory: string): Promise<Metrics['memoryEvents']> {
  const count = await readKeyed(directory, 'memory.events');
  return {
    ...{ low: count('low'), high: count('high'), max: count('max'), oom: count('oom') },
    ...{ oomKill: count('oom_kill'), oomGroupKill: count('oom_group_kill') },
  };
}
