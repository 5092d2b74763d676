import type { LogDriver, LogEntry, LogGap, LogQuery } from '@holdfast/core/plugin';
import { pluginFailure } from '@holdfast/core/plugins';

type Items = AsyncGenerator<LogEntry | LogGap, void, undefined>;

/**
 * A third party's driver whose `read` gives what the contract says, or rejects: with an error of ours that the driver threw, else with
 * SHIM_PLUGIN_FAILED.
 */
export function settledReader(driver: LogDriver, plugin: string): LogDriver {
  const read = (query: LogQuery, signal: AbortSignal): Items => settledItems({ driver, plugin, query, signal });
  return Object.create(driver, { read: { value: read, enumerable: true } }) as LogDriver;
}

interface Reading {
  readonly driver: LogDriver;
  readonly plugin: string;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
}

async function* settledItems({ driver, plugin, query, signal }: Reading): Items {
  try {
    const items: unknown = driver.read?.(query, signal);
    if (!isAsyncIterable(items)) throw new TypeError(`it gave ${kindOf(items)}, which is no async iterable`);
    for await (const item of items) yield checked(item);
  } catch (error) {
    throw pluginFailure(error, { plugin, method: 'read' });
  }
}

function checked(item: unknown): LogEntry | LogGap {
  const { type, stream, time, bytes, partial, records, reason } = Object(item) as Record<string, unknown>;
  const wrong = (name: string, value: unknown): TypeError =>
    new TypeError(`it gave ${type === 'gap' ? 'a gap' : 'an entry'} with ${kindOf(value)} as "${name}"`);
  if (type !== 'entry' && type !== 'gap')
    throw new TypeError(`it gave ${kindOf(item)}, which is neither entry nor gap`);
  if (time !== undefined && typeof time !== 'bigint') throw wrong('time', time);
  if (!(isStream(stream) || (type === 'gap' && stream === undefined))) throw wrong('stream', stream);
  if (type === 'gap') {
    if (typeof reason !== 'string') throw wrong('reason', reason);
    if (!isCount(records)) throw wrong('records', records);
    if (!isCount(bytes)) throw wrong('bytes', bytes);
  } else {
    if (!Buffer.isBuffer(bytes)) throw wrong('bytes', bytes);
    if (typeof partial !== 'boolean') throw wrong('partial', partial);
  }
  return item as LogEntry | LogGap;
}

function isStream(value: unknown): boolean {
  return value === 'stdout' || value === 'stderr';
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return `a value of type ${typeof value}`;
}
