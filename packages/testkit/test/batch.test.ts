import { batchOf, lineOf, textBatch } from '@holdfast/testkit';
import { expect, it } from 'vitest';

it('has the shape of the batches of the host', () => {
  const batch = textBatch(['one\n', '\n', 'end'], { stream: 'stderr', time: 5n, sequence: 7 });
  expect(batch).toMatchObject({ stream: 'stderr', time: 5n, sequence: 7, count: 3, bytes: Buffer.from('one\n\nend') });
  expect([...batch.ends.subarray(0, 3)]).toEqual([4, 5, 8]);
  expect([0, 1, 2].map((i) => batch.partial(i))).toEqual([false, false, true]);
  expect(batch.record(2)).toEqual({
    stream: 'stderr',
    time: 5n,
    sequence: 9,
    bytes: Buffer.from('end'),
    partial: true,
  });
  expect(batch.record(1).bytes).toHaveLength(0);
  expect(() => batch.record(3)).toThrow(RangeError);
});

it('is lent, and what is retained is a copy', () => {
  const batch = batchOf([lineOf('\xff\n')]);
  const [record, kept] = [batch.record(0), batch.retain()];
  batch.bytes.fill(0);
  batch.ends.fill(0);
  expect(record.bytes).toEqual(Buffer.from([0]));
  expect(kept.record(0).bytes).toEqual(Buffer.from([0xff]));
});
