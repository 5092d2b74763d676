import { double, embedded, repeated, string, uint32, uint64 } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';

const cgroupMessage: typeof message = (name, fields) => message(`io.containerd.cgroups.v2.${name}`, fields);

/** Pressure: percents, and microseconds. */
export const PSIData = cgroupMessage('PSIData', {
  avg10: double(1),
  avg60: double(2),
  avg300: double(3),
  total: uint64(4),
});
export const PSIStats = cgroupMessage('PSIStats', { some: embedded(1, PSIData), full: embedded(2, PSIData) });

export const PidsStat = cgroupMessage('PidsStat', { current: uint64(1), limit: uint64(2) });

export const CPUStat = cgroupMessage('CPUStat', {
  usageUsec: uint64(1),
  userUsec: uint64(2),
  systemUsec: uint64(3),
  nrPeriods: uint64(4),
  nrThrottled: uint64(5),
  throttledUsec: uint64(6),
  psi: embedded(7, PSIStats),
  nrBursts: uint64(8),
  burstUsec: uint64(9),
});

export const MemoryStat = cgroupMessage('MemoryStat', {
  anon: uint64(1),
  file: uint64(2),
  kernelStack: uint64(3),
  slab: uint64(4),
  sock: uint64(5),
  shmem: uint64(6),
  fileMapped: uint64(7),
  fileDirty: uint64(8),
  fileWriteback: uint64(9),
  anonThp: uint64(10),
  inactiveAnon: uint64(11),
  activeAnon: uint64(12),
  inactiveFile: uint64(13),
  activeFile: uint64(14),
  unevictable: uint64(15),
  slabReclaimable: uint64(16),
  slabUnreclaimable: uint64(17),
  pgfault: uint64(18),
  pgmajfault: uint64(19),
  /** Of kernels before 5.9, as is {@link workingsetActivate}. */
  workingsetRefault: uint64(20),
  workingsetActivate: uint64(21),
  workingsetNodereclaim: uint64(22),
  pgrefill: uint64(23),
  pgscan: uint64(24),
  pgsteal: uint64(25),
  pgactivate: uint64(26),
  pgdeactivate: uint64(27),
  pglazyfree: uint64(28),
  pglazyfreed: uint64(29),
  thpFaultAlloc: uint64(30),
  thpCollapseAlloc: uint64(31),
  usage: uint64(32),
  usageLimit: uint64(33),
  swapUsage: uint64(34),
  swapLimit: uint64(35),
  maxUsage: uint64(36),
  swapMaxUsage: uint64(37),
  psi: embedded(38, PSIStats),
  workingsetRefaultAnon: uint64(39),
  workingsetRefaultFile: uint64(40),
  workingsetActivateAnon: uint64(41),
  workingsetActivateFile: uint64(42),
});

export const MemoryEvents = cgroupMessage('MemoryEvents', {
  low: uint64(1),
  high: uint64(2),
  max: uint64(3),
  oom: uint64(4),
  oomKill: uint64(5),
  oomGroupKill: uint64(6),
});

export const RdmaEntry = cgroupMessage('RdmaEntry', {
  device: string(1),
  hcaHandles: uint32(2),
  hcaObjects: uint32(3),
});
export const RdmaStat = cgroupMessage('RdmaStat', { current: repeated(1, RdmaEntry), limit: repeated(2, RdmaEntry) });

export const IOEntry = cgroupMessage('IOEntry', {
  major: uint64(1),
  minor: uint64(2),
  rbytes: uint64(3),
  wbytes: uint64(4),
  rios: uint64(5),
  wios: uint64(6),
});
export const IOStat = cgroupMessage('IOStat', { usage: repeated(1, IOEntry), psi: embedded(2, PSIStats) });

export const HugeTlbStat = cgroupMessage('HugeTlbStat', {
  current: uint64(1),
  max: uint64(2),
  pagesize: string(3),
  failcnt: uint64(4),
});

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

/** The answer of Stats on a host with cgroup v2. There is no field 3. */
export const MetricsV2 = cgroupMessage('Metrics', {
  pids: embedded(1, PidsStat),
  cpu: embedded(2, CPUStat),
  memory: embedded(4, MemoryStat),
  rdma: embedded(5, RdmaStat),
  io: embedded(6, IOStat),
  hugetlb: repeated(7, HugeTlbStat),
  memoryEvents: embedded(8, MemoryEvents),
  network: repeated(9, NetworkStat),
});
export type MetricsV2 = MessageOf<typeof MetricsV2>;
