import type { InitOf, MetricsV1 } from '../messages/index.js';
import { readKeyed, readNumber, readText } from './cgroup-file.js';

type Metrics = InitOf<typeof MetricsV1>;
/** Directories by controller. */
type Cgroups = Readonly<Record<string, string>>;

/** cpuacct.stat counts ticks, of which there are 100 a second for user space on every architecture. */
const TICK_NS = 10_000_000n;

/** What a container's cgroups of v1 count. A controller that is not there is left out. */
export async function v1Metrics(cgroups: Cgroups): Promise<Metrics> {
  const [pids, cpu, memory, blkio, memoryOomControl] = await Promise.all([
    pidsOf(cgroups['pids']),
    cpuOf(cgroups),
    memoryOf(cgroups['memory']),
    blkioOf(cgroups['blkio']),
    oomOf(cgroups['memory']),
  ]);
  return { pids, cpu, memory, blkio, memoryOomControl };
}

async function pidsOf(directory: string | undefined): Promise<Metrics['pids']> {
  if (directory === undefined) return undefined;
  const limit = (await readText(directory, 'pids.max'))?.trim();
  // containerd writes no limit as 0 here.
  return { current: await readNumber(directory, 'pids.current'), limit: limit === 'max' ? 0n : BigInt(limit ?? 0) };
}

async function cpuOf({ cpuacct, cpu }: Cgroups): Promise<Metrics['cpu']> {
  const throttle = cpu === undefined ? () => 0n : await readKeyed(cpu, 'cpu.stat');
  const throttling = {
    periods: throttle('nr_periods'),
    throttledPeriods: throttle('nr_throttled'),
    throttledTime: throttle('throttled_time'),
  };
  if (cpuacct === undefined) return { throttling };
  const ticks = await readKeyed(cpuacct, 'cpuacct.stat');
  const perCpu = ((await readText(cpuacct, 'cpuacct.usage_percpu')) ?? '').match(/\d+/g) ?? [];
  const usage = {
    total: await readNumber(cpuacct, 'cpuacct.usage'),
    kernel: ticks('system') * TICK_NS,
    user: ticks('user') * TICK_NS,
    perCpu: perCpu.map(BigInt),
  };
  return { usage, throttling };
}

async function memoryOf(directory: string | undefined): Promise<Metrics['memory']> {
  if (directory === undefined) return undefined;
  const stat = await readKeyed(directory, 'memory.stat');
  const entry = async (part: string) => ({
    limit: await readNumber(directory, `memory.${part}limit_in_bytes`),
    usage: await readNumber(directory, `memory.${part}usage_in_bytes`),
    max: await readNumber(directory, `memory.${part}max_usage_in_bytes`),
    failcnt: await readNumber(directory, `memory.${part}failcnt`),
  });
  const [usage, swap, kernel, kernelTcp] = await Promise.all(['', 'memsw.', 'kmem.', 'kmem.tcp.'].map(entry));
  return {
    cache: stat('cache'),
    rss: stat('rss'),
    rssHuge: stat('rss_huge'),
    mappedFile: stat('mapped_file'),
    dirty: stat('dirty'),
    writeback: stat('writeback'),
    pgPgIn: stat('pgpgin'),
    pgPgOut: stat('pgpgout'),
    pgFault: stat('pgfault'),
    pgMajFault: stat('pgmajfault'),
    inactiveAnon: stat('inactive_anon'),
    activeAnon: stat('active_anon'),
    inactiveFile: stat('inactive_file'),
    activeFile: stat('active_file'),
    unevictable: stat('unevictable'),
    hierarchicalMemoryLimit: stat('hierarchical_memory_limit'),
    hierarchicalSwapLimit: stat('hierarchical_memsw_limit'),
    totalCache: stat('total_cache'),
    totalRss: stat('total_rss'),
    totalRssHuge: stat('total_rss_huge'),
    totalMappedFile: stat('total_mapped_file'),
    totalDirty: stat('total_dirty'),
    totalWriteback: stat('total_writeback'),
    totalPgPgIn: stat('total_pgpgin'),
    totalPgPgOut: stat('total_pgpgout'),
    totalPgFault: stat('total_pgfault'),
    totalPgMajFault: stat('total_pgmajfault'),
    totalInactiveAnon: stat('total_inactive_anon'),
    totalActiveAnon: stat('total_active_anon'),
    totalInactiveFile: stat('total_inactive_file'),
    totalActiveFile: stat('total_active_file'),
    totalUnevictable: stat('total_unevictable'),
    ...{ usage, swap, kernel, kernelTcp },
  };
}

async function oomOf(directory: string | undefined): Promise<Metrics['memoryOomControl']> {
  if (directory === undefined) return undefined;
  const control = await readKeyed(directory, 'memory.oom_control');
  return { oomKillDisable: control('oom_kill_disable'), underOom: control('under_oom'), oomKill: control('oom_kill') };
}

async function blkioOf(directory: string | undefined): Promise<Metrics['blkio']> {
  if (directory === undefined) return undefined;
  const [ioServiceBytesRecursive, ioServicedRecursive] = await Promise.all(
    ['io_service_bytes', 'io_serviced'].map(async (name) => {
      const text =
        (await readText(directory, `blkio.throttle.${name}_recursive`)) ??
        (await readText(directory, `blkio.throttle.${name}`));
      return blkioEntries(text ?? '');
    }),
  );
  return { ioServiceBytesRecursive, ioServicedRecursive };
}

/** Lines `8:0 Read 4096`. */
export function blkioEntries(text: string) {
  return [...text.matchAll(/^(\d+):(\d+) (\w+) (\d+)$/gm)].map(([, major = '0', minor = '0', op, value = '0']) => {
    return { op, major: BigInt(major), minor: BigInt(minor), value: BigInt(value) };
  });
}
