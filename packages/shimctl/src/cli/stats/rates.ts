import type { StatsDocument } from '@holdfast/core/client';

/** A reading with what follows from it and the one before; rates are null without an earlier one. */
export interface RatedStats extends StatsDocument {
  /** Of one CPU: 200 is two of them. */
  readonly cpuPercent: number | null;
  /** Of the limit, or of the host's memory if there is none. */
  readonly memoryPercent: number | null;
  /** Bytes a second. */
  readonly blockIoRate: StatsDocument['blockIo'];
  readonly networkRate: StatsDocument['network'];
  /** A second, of both streams. Null as well after a restart of shimd, which begins to count anew. */
  readonly logRate: LogRate | null;
}

export interface LogRate {
  readonly bytes: number;
  readonly records: number;
}

export function rate(now: StatsDocument, before: StatsDocument | undefined): RatedStats {
  const earlier = before?.instance === now.instance && now.clockMs > before.clockMs ? before : undefined;
  const seconds = earlier === undefined ? 0 : (now.clockMs - earlier.clockMs) / 1000;
  return {
    ...now,
    cpuPercent: cpuPercent(now, earlier, seconds),
    memoryPercent: memoryPercent(now),
    blockIoRate: perSecond(now.blockIo, earlier?.blockIo, seconds),
    networkRate: perSecond(now.network, earlier?.network, seconds),
    logRate: perSecond(logCounts(now), logCounts(earlier), seconds),
  };
}

/** What there is to share: the limit, unless it is higher than what the host has. */
export function memoryCeiling({ limitBytes, hostBytes }: NonNullable<StatsDocument['memory']>): number {
  return Math.min(limitBytes ?? hostBytes, hostBytes);
}

function cpuPercent(now: StatsDocument, before: StatsDocument | undefined, seconds: number): number | null {
  if (now.cpu === null || before === undefined || before.cpu === null) return null;
  return (Math.max(0, now.cpu.usageUs - before.cpu.usageUs) / 1e6 / seconds) * 100;
}

function memoryPercent({ memory }: StatsDocument): number | null {
  if (memory === null) return null;
  const ceiling = memoryCeiling(memory);
  return ceiling > 0 ? (memory.usageBytes / ceiling) * 100 : null;
}

function logCounts(stats: StatsDocument | undefined): LogRate | null {
  if (stats?.output === undefined) return null;
  const { stdout, stderr } = stats.output;
  return { bytes: stdout.bytes + stderr.bytes, records: stdout.records + stderr.records };
}

/** Null if one of the counters has begun anew. */
function perSecond<T extends { readonly [K in keyof T]: number }>(
  now: T | null,
  before: T | null | undefined,
  seconds: number,
): T | null {
  if (now === null || before === null || before === undefined) return null;
  const keys = Object.keys(now) as (keyof T)[];
  if (keys.some((key) => now[key] < before[key])) return null;
  return Object.fromEntries(keys.map((key) => [key, (now[key] - before[key]) / seconds])) as T;
}
