import { ShimError, type LogDriver, type LogEntry, type LogGap } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { settledReader } from '../../../src/cli/services/settled-reader.js';

const ENTRY: LogEntry = { type: 'entry', stream: 'stdout', time: 1n, bytes: Buffer.from('a'), partial: false };

async function readAll(read: () => unknown): Promise<(LogEntry | LogGap)[]> {
  const reader = settledReader({ read } as unknown as LogDriver, 'odd');
  const all: (LogEntry | LogGap)[] = [];
  for await (const item of reader.read!({}, AbortSignal.timeout(5000))) all.push(item);
  return all;
}

async function* giving(...items: unknown[]): AsyncGenerator<unknown> {
  await Promise.resolve();
  yield* items;
}

describe('settledReader', () => {
  it('gives what the contract allows, and stops the driver when its reader leaves', async () => {
    const items = [
      ENTRY,
      { ...ENTRY, time: undefined, partial: true },
      { type: 'gap', records: undefined, reason: 'x' },
      { type: 'gap', records: 3, bytes: 9, time: 4n, stream: 'stderr', reason: 'y' },
    ];
    expect(await readAll(() => giving(...items))).toEqual(items);
    let stopped = false;
    async function* endless(): AsyncGenerator<unknown> {
      try {
        for (;;) yield await Promise.resolve(ENTRY);
      } finally {
        stopped = true;
      }
    }
    const reader = settledReader({ read: endless } as unknown as LogDriver, 'odd');
    for await (const item of reader.read!({}, AbortSignal.timeout(5000))) {
      expect(item).toBe(ENTRY);
      break;
    }
    expect(stopped).toBe(true);
  });

  it.each([
    [() => 5, 'it gave a value of type number, which is no async iterable'],
    [() => giving(null), 'it gave null, which is neither entry nor gap'],
    [() => giving({ ...ENTRY, bytes: 'text' }), 'it gave an entry with a value of type string as "bytes"'],
    [() => giving({ ...ENTRY, time: 12 }), 'it gave an entry with a value of type number as "time"'],
    [() => giving({ ...ENTRY, stream: 'stdbad' }), 'it gave an entry with a value of type string as "stream"'],
    [() => giving({ type: 'gap' }), 'it gave a gap with undefined as "reason"'],
    [
      () => giving({ type: 'gap', reason: '', records: 'many' }),
      'it gave a gap with a value of type string as "records"',
    ],
    [() => Promise.reject(new Error('boom')), 'it gave a value of type object, which is no async iterable'],
    [
      () => {
        throw new Error('boom');
      },
      'boom',
    ],
  ])('names the plugin when it does something else: %#', async (read, words) => {
    const message = `plugin odd failed in read: ${words}`;
    const settled = (): unknown => {
      const result: unknown = read();
      if (result instanceof Promise) result.catch(() => undefined);
      return result;
    };
    await expect(readAll(settled)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_FAILED', message });
  });

  it('leaves an error of ours as it is', async () => {
    const error = new ShimError('SHIM_LOG_READ', 'cannot read it', { where: '/log' });
    await expect(
      readAll(() => {
        throw error;
      }),
    ).rejects.toMatchObject({ code: 'SHIM_LOG_READ', message: 'cannot read it', where: '/log' });
  });
});
