import { valueAt, type ConfigPath } from './config-path.js';
import { configSchema } from './config-schema.js';
import type { OutputSettings, QueueSettings, RateLimit } from './container-config.js';
import type { Problem } from './describe-finding.js';
import { milliseconds } from './duration.js';
import type { EffectiveConfig } from './effective-config.js';
import { parseSize } from './size.js';

const SIZE = new RegExp(configSchema.properties.output.properties.maxRecord.pattern, 'u');
const LEAST_RECORD = 1 << 10;
const LARGEST_RECORD = 256 << 10;
const LEAST_QUEUE = 4_000;

/** A record size out of bounds. What has another form is the schema's to tell. */
export function recordSizeProblems(document: unknown): Problem[] {
  const path = ['output', 'maxRecord'];
  const text = valueAt(document, path);
  if (typeof text !== 'string' || !SIZE.test(text)) return [];
  const bytes = parseSize(text);
  if (bytes >= LEAST_RECORD && bytes <= LARGEST_RECORD) return [];
  return [{ path, at: 'value', text: `${JSON.stringify(text)} is not from 1ki to 256ki` }];
}

/** A queue in which there is no room for anything. */
export function queueSizeProblems(document: unknown): Problem[] {
  const logs = valueAt(document, ['logs']);
  const entries = Array.isArray(logs) ? logs.keys() : [];
  return [...entries].flatMap((index) => [
    ...tooSmall(document, ['logs', index, 'queue', 'size'], 0),
    ...tooSmall(document, ['logs', index, 'queue', 'spill'], 1),
  ]);
}

/** Sizes from `from` on that are. */
function tooSmall(document: unknown, path: ConfigPath, from: number): Problem[] {
  const text = valueAt(document, path);
  if (typeof text !== 'string' || !SIZE.test(text)) return [];
  const bytes = parseSize(text);
  if (bytes < from || bytes >= LEAST_QUEUE) return [];
  const none = from > 0 ? ', or "0" for none' : '';
  return [
    {
      path,
      at: 'value',
      text: `${JSON.stringify(text)} has no room for records: give at least 4k, such as "1m"${none}`,
    },
  ];
}

/** How output is read. */
export function outputSettings({ output }: EffectiveConfig): OutputSettings {
  const { bytes, lines, burst, policy } = output.rateLimit;
  const rateLimit: RateLimit = { bytes: parseSize(bytes), lines, burstMs: milliseconds(burst), policy };
  const limited = rateLimit.bytes > 0 || rateLimit.lines > 0;
  return {
    maxRecord: parseSize(output.maxRecord),
    partialDelayMs: milliseconds(output.partialDelay),
    ...(limited && { rateLimit }),
  };
}

/** What an entry of "logs" says of its driver's queue. */
export function queueSettings({ queue }: EffectiveConfig['logs'][number]): QueueSettings | undefined {
  if (queue === undefined) return undefined;
  return {
    mode: queue.mode,
    bytes: parseSize(queue.size),
    blockTimeoutMs: milliseconds(queue.blockTimeout),
    spillBytes: parseSize(queue.spill),
  };
}
