import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamName } from '@holdfast/core/plugin';
import { Filter } from '../../src/read/filter.js';
import type { StoredRecord } from '../../src/read/stored-record.js';
import { TailSelection } from '../../src/read/tail.js';

const recordOf = (stream: StreamName, partial: boolean, i: number, ordinal = i + 1): StoredRecord => ({
  cursor: `s=a;i=${(i + 1).toString(16)};t=1`,
  place: { epoch: 'e', ordinal },
  entry: { type: 'entry', stream, partial, time: 1n, bytes: Buffer.from(`${i}`) },
  cut: 0,
});

/** The last lines, found with all records at hand: by the place of each line's end. None goes on over missing records. */
function lastLines(records: readonly StoredRecord[], streams: ReadonlySet<StreamName>, count: number): StoredRecord[] {
  const lines: StoredRecord[][] = [];
  const open = new Map<StreamName, StoredRecord[]>();
  for (const [i, record] of records.entries()) {
    if (i > 0 && record.place!.ordinal > records[i - 1]!.place!.ordinal + 1) {
      lines.push(...open.values());
      open.clear();
    }
    const { stream, partial } = record.entry;
    if (!streams.has(stream)) continue;
    const line = open.get(stream) ?? [];
    line.push(record);
    open.set(stream, line);
    if (!partial) {
      lines.push(line);
      open.delete(stream);
    }
  }
  const all = [...lines, ...open.values()].sort((a, b) => records.indexOf(a.at(-1)!) - records.indexOf(b.at(-1)!));
  const wanted = new Set(count === 0 ? [] : all.slice(-count).flat());
  return records.filter((record) => wanted.has(record));
}

describe('the last lines', () => {
  it('are those that are found with everything at hand, and no more is read than is needed', () => {
    const kinds = fc.tuple(fc.constantFrom<StreamName>('stdout', 'stderr'), fc.boolean(), fc.boolean());
    const both: readonly StreamName[] = ['stdout', 'stderr'];
    const streams = fc.constantFrom<readonly StreamName[]>(['stdout'], ['stderr'], both);
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 30 }), streams, fc.nat(6), (made, wanted, count) => {
        let ordinal = 0;
        const records = made.map(([stream, partial, gap], i) => {
          ordinal += gap ? 2 : 1;
          return recordOf(stream, partial, i, ordinal);
        });
        const filter = new Filter({ streams: wanted });
        const selection = new TailSelection(count, filter);
        for (const record of records.toReversed()) {
          selection.add(record);
          if (selection.isDone) break;
        }
        const chosen = records.filter((record) => filter.accepts(record) && selection.includes(record));
        const expected = lastLines(records, filter.streams, count);
        expect(chosen).toEqual(expected);
        expect(selection.oldest).toBe(expected[0]?.cursor);
      }),
    );
  });

  it('give up looking for the beginning of a line that is very long', () => {
    const selection = new TailSelection(1, new Filter({}));
    let read = 0;
    while (!selection.isDone && read < 5000) selection.add(recordOf('stdout', read > 0, 5000 - read++));
    expect(read).toBeLessThan(1100);
  });
});
