import { isObject, valueAt, type ConfigPath } from './config-path.js';
import { configSchema } from './config-schema.js';
import type { EffectiveConfig } from './effective-config.js';
import type { ContainerLimits } from './container-config.js';
import type { Problem } from './describe-finding.js';
import { milliseconds, parseDuration } from './duration.js';

/** What has another form is the schema's to tell. */
const FORM = new RegExp(configSchema.properties.limits.properties.stopTimeout.pattern, 'u');

/** Durations of a document that have the right form but are too long to be waited for. */
export function durationProblems(document: unknown): Problem[] {
  const limits = valueAt(document, ['limits']);
  const logs = valueAt(document, ['logs']);
  const paths: ConfigPath[] = [
    ...Object.keys(isObject(limits) ? limits : {}).map((key) => ['limits', key]),
    ['shim', 'idleTimeout'],
    ['output', 'partialDelay'],
    ['output', 'rateLimit', 'burst'],
    ...(Array.isArray(logs) ? logs.map((_log, index) => ['logs', index, 'queue', 'blockTimeout']) : []),
  ];
  return paths.flatMap((path) => {
    const text = valueAt(document, path);
    if (typeof text !== 'string' || !FORM.test(text) || parseDuration(text) !== undefined) return [];
    return [{ path, at: 'value', text: `${JSON.stringify(text.slice(0, 40))} is longer than 24 days` }];
  });
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
