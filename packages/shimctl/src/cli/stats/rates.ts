import type { StatsDocument } from '@holdfast/core/client';

/** A reading with what follows from it and the one before. */
export interface RatedStats extends StatsDocument {
  /** Of one CPU: 200 is two of them. Null without an earlier reading. */
  readonly cpuPercent: number | null;
  /** Of the limit, or of the host's memory if there is none. */
  readonly memoryPercent: number | null;
}

export function rate(now: StatsDocument, before: StatsDocument | undefined): RatedStats {
  return { ...now, cpuPercent: cpuPercent(now, before), memoryPercent: memoryPercent(now) };
}

/** What there is to share: the limit, unless it is higher than what the host has. */
export function memoryCeiling({ limitBytes, hostBytes }: NonNullable<StatsDocument['memory']>): number {
  return Math.min(limitBytes ?? hostBytes, hostBytes);
}

function cpuPercent(now: StatsDocument, before: StatsDocument | undefined): number | null {
  if (now.cpu === null || before === undefined || before.cpu === null || before.instance !== now.instance) return null;
  const elapsedUs = (now.clockMs - before.clockMs) * 1000;
  return elapsedUs > 0 ? (Math.max(0, now.cpu.usageUs - before.cpu.usageUs) / elapsedUs) * 100 : null;
}

function memoryPercent({ memory }: StatsDocument): number | null {
  if (memory === null) return null;
  const ceiling = memoryCeiling(memory);
  return ceiling > 0 ? (memory.usageBytes / ceiling) * 100 : null;
}
