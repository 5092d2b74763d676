import type { EffectiveConfig } from './effective-config.js';
import type { ContainerLimits } from './container-config.js';
import type { Problem } from './describe-finding.js';
import { parseDuration } from './duration.js';

/** Durations that have the right form but are too long to be waited for. */
export function durationProblems({ limits, shim }: EffectiveConfig): Problem[] {
  const durations = [
    ...Object.entries(limits).map(([key, text]) => ({ path: ['limits', key], text })),
    { path: ['shim', 'idleTimeout'], text: shim.idleTimeout },
  ];
  return durations
    .filter(({ text }) => parseDuration(text) === undefined)
    .map(({ path, text }) => ({
      path,
      at: 'value',
      text: `${JSON.stringify(text.slice(0, 40))} is longer than 24 days`,
    }));
}

/** The limits in milliseconds. */
export function containerLimits({ limits }: EffectiveConfig): ContainerLimits {
  return {
    runtimeTimeoutMs: milliseconds(limits.runtimeTimeout),
    drainTimeoutMs: milliseconds(limits.drainTimeout),
    stopTimeoutMs: milliseconds(limits.stopTimeout),
    logTimeoutMs: milliseconds(limits.logTimeout),
  };
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`not a checked duration: ${text}`);
  return parsed;
}
