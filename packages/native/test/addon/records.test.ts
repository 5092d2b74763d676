import { constants, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, type NativeLane, type PrefixedRecords } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
const full = Buffer.from('full ');
const partial = Buffer.from('part ');

/** What a file should hold, made the simple way. */
function plain({ bytes, ends, from, to }: PrefixedRecords): Buffer {
  const parts: Uint8Array[] = [];
  for (let i = from; i < to; i++) {
    const record = bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
    parts.push(record.at(-1) === 10 ? full : partial, record, Buffer.from(record.at(-1) === 10 ? '' : '\n'));
  }
  return Buffer.concat(parts);
}

describe('splitRecords', () => {
  it('fills as many ends as there is room for, and writes behind none', () => {
    const ends = new Uint32Array([0, 0, 77]);
    expect(native.splitRecords(Buffer.from('a\nb\nc\n'), ends.subarray(0, 2), 100, false)).toBe(2);
    expect([...ends]).toEqual([2, 4, 77]);
    expect(native.splitRecords(Buffer.from('a\n'), new Uint32Array(0), 100, true)).toBe(0);
  });

  it('refuses a limit of 0 and other types', () => {
    expect(() => native.splitRecords(Buffer.from('a'), new Uint32Array(1), 0, true)).toThrow(/EINVAL/);
    expect(() => native.splitRecords(Buffer.from('a'), Buffer.alloc(4) as never, 1, true)).toThrow(/Uint32Array/);
  });
});

describe('Lane.writeRecords', () => {
  const temp = useTempDirectory();
  let lane: NativeLane;
  beforeEach(() => {
    lane = new native.Lane();
  });
  afterEach(() => lane.stop());

  it('writes any records behind their prefixes, in any ranges', async () => {
    const record = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.boolean());
    let files = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 30 }), fc.nat(30), async (list, cut) => {
        const parts = list.map(([bytes, whole]) => Buffer.concat([bytes, Buffer.from(whole ? '\n' : '')]));
        let end = 0;
        const ends = Uint32Array.from(parts, (part) => (end += part.length));
        const records = { bytes: Buffer.concat(parts), ends, full, partial };
        const middle = Math.min(cut, ends.length);
        const path = temp.path(`log${files++}`);
        const fd = await lane.open(path, APPEND, 0o600);
        await lane.writeRecords(fd, { ...records, from: 0, to: middle });
        await lane.writeRecords(fd, { ...records, from: middle, to: ends.length });
        await lane.close(fd);
        expect(readFileSync(path).equals(plain({ ...records, from: 0, to: ends.length }))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('writes records that are larger than its buffer, and more than fit into it', async () => {
    const large = Buffer.alloc(3 << 20, 'x');
    const bytes = Buffer.concat([
      large,
      Buffer.from('\n'),
      ...Array<Buffer>(40_000).fill(Buffer.from('line of a log\n')),
    ]);
    const ends = Uint32Array.from({ length: 40_001 }, (_, i) => large.length + 1 + i * 14);
    const records = { bytes, ends, from: 0, to: ends.length, full, partial };
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    await lane.writeRecords(fd, records);
    await lane.close(fd);
    expect(readFileSync(temp.path('log')).equals(plain(records))).toBe(true);
  });

  it('refuses ranges and ends that lie outside, and says how much was written before an error', async () => {
    const bytes = Buffer.from('a\nb\n');
    const ends = new Uint32Array([2, 4]);
    const fd = await lane.open(temp.path('log'), APPEND, 0o600);
    expect(() => lane.writeRecords(fd, { bytes, ends, from: 0, to: 3, full, partial })).toThrow(/EINVAL/);
    expect(() => lane.writeRecords(fd, { bytes, ends, from: 2, to: 1, full, partial })).toThrow(/EINVAL/);
    const long = Buffer.alloc(257);
    expect(() => lane.writeRecords(fd, { bytes, ends, from: 0, to: 1, full: long, partial })).toThrow(/EMSGSIZE/);
    for (const wrong of [new Uint32Array([2, 5]), new Uint32Array([2, 1])]) {
      const call = lane.writeRecords(fd, { bytes, ends: wrong, from: 0, to: 2, full, partial });
      await expect(call).rejects.toMatchObject({ code: 'EINVAL', written: 0 });
    }
    await lane.close(fd);
    const closed = lane.writeRecords(fd, { bytes, ends, from: 0, to: 2, full, partial });
    await expect(closed).rejects.toMatchObject({ code: 'EBADF', syscall: 'write', written: 0 });
  });
});
