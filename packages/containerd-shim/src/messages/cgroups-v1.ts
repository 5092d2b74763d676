import { embedded, repeated, string, uint32, uint64, uint64s } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';

const cgroupMessage: typeof message = (name, fields) => message(`io.containerd.cgroups.v1.${name}`, fields);

export const HugetlbStat = cgroupMessage('HugetlbStat', {
  usage: uint64(1),
  max: uint64(2),
  failcnt: uint64(3),
  pagesize: string(4),
});
export const PidsStat = cgroupMessage('PidsStat', { current: uint64(1), limit: uint64(2) });

/** Nanoseconds. */
export const CPUUsage = cgroupMessage('CPUUsage', {
  total: uint64(1),
  kernel: uint64(2),
  user: uint64(3),
  perCpu: uint64s(4),
});
export const Throttle = cgroupMessage('Throttle', {
  periods: uint64(1),
  throttledPeriods: uint64(2),
  throttledTime: uint64(3),
});
export const CPUStat = cgroupMessage('CPUStat', { usage: embedded(1, CPUUsage), throttling: embedded(2, Throttle) });

export const MemoryEntry = cgroupMessage('MemoryEntry', {
  limit: uint64(1),
  usage: uint64(2),
  max: uint64(3),
  failcnt: uint64(4),
});
export const MemoryStat = cgroupMessage('MemoryStat', {
  cache: uint64(1),
  rss: uint64(2),
  rssHuge: uint64(3),
  mappedFile: uint64(4),
  dirty: uint64(5),
  writeback: uint64(6),
  pgPgIn: uint64(7),
  pgPgOut: uint64(8),
  pgFault: uint64(9),
  pgMajFault: uint64(10),
  inactiveAnon: uint64(11),
  activeAnon: uint64(12),
  inactiveFile: uint64(13),
  activeFile: uint64(14),
  unevictable: uint64(15),
  hierarchicalMemoryLimit: uint64(16),
  hierarchicalSwapLimit: uint64(17),
  totalCache: uint64(18),
  totalRss: uint64(19),
  totalRssHuge: uint64(20),
  totalMappedFile: uint64(21),
  totalDirty: uint64(22),
  totalWriteback: uint64(23),
  totalPgPgIn: uint64(24),
  totalPgPgOut: uint64(25),
  totalPgFault: uint64(26),
  totalPgMajFault: uint64(27),
  totalInactiveAnon: uint64(28),
  totalActiveAnon: uint64(29),
  totalInactiveFile: uint64(30),
  totalActiveFile: uint64(31),
  totalUnevictable: uint64(32),
  usage: embedded(33, MemoryEntry),
  swap: embedded(34, MemoryEntry),
  kernel: embedded(35, MemoryEntry),
  kernelTcp: embedded(36, MemoryEntry),
});
export const MemoryOomControl = cgroupMessage('MemoryOomControl', {
  oomKillDisable: uint64(1),
  underOom: uint64(2),
  oomKill: uint64(3),
});

export const BlkIOEntry = cgroupMessage('BlkIOEntry', {
  op: string(1),
  device: string(2),
  major: uint64(3),
  minor: uint64(4),
  value: uint64(5),
});
export const BlkIOStat = cgroupMessage('BlkIOStat', {
  ioServiceBytesRecursive: repeated(1, BlkIOEntry),
  ioServicedRecursive: repeated(2, BlkIOEntry),
  ioQueuedRecursive: repeated(3, BlkIOEntry),
  ioServiceTimeRecursive: repeated(4, BlkIOEntry),
  ioWaitTimeRecursive: repeated(5, BlkIOEntry),
  ioMergedRecursive: repeated(6, BlkIOEntry),
  ioTimeRecursive: repeated(7, BlkIOEntry),
  sectorsRecursive: repeated(8, BlkIOEntry),
});

export const RdmaEntry = cgroupMessage('RdmaEntry', {
  device: string(1),
  hcaHandles: uint32(2),
  hcaObjects: uint32(3),
});
export const RdmaStat = cgroupMessage('RdmaStat', { current: repeated(1, RdmaEntry), limit: repeated(2, RdmaEntry) });

export const NetworkStat = cgroupMessage('NetworkStat', {
  name: string(1),
  rxBytes: uint64(2),
  rxPackets: uint64(3),
  rxErrors: uint64(4),
  rxDropped: uint64(5),
  txBytes: uint64(6),
  txPackets: uint64(7),
  txErrors: uint64(8),
  txDropped: uint64(9),
});

/** How many tasks do what. */
export const CgroupStats = cgroupMessage('CgroupStats', {
  nrSleeping: uint64(1),
  nrRunning: uint64(2),
  nrStopped: uint64(3),
  nrUninterruptible: uint64(4),
  nrIoWait: uint64(5),
});

/** The answer of Stats on a host with cgroup v1 or hybrid. */
export const MetricsV1 = cgroupMessage('Metrics', {
  hugetlb: repeated(1, HugetlbStat),
  pids: embedded(2, PidsStat),
  cpu: embedded(3, CPUStat),
  memory: embedded(4, MemoryStat),
  blkio: embedded(5, BlkIOStat),
  rdma: embedded(6, RdmaStat),
  network: repeated(7, NetworkStat),
  cgroupStats: embedded(8, CgroupStats),
  memoryOomControl: embedded(9, MemoryOomControl),
});
export type MetricsV1 = MessageOf<typeof MetricsV1>;
