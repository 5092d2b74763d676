import fc from 'fast-check';
import type { StreamName } from '@holdfast/core/plugin';
import type { Line } from '@holdfast/testkit';

/** Any bytes but a newline. Mostly short; some as long as the encoder's two ways of copying. */
const text = fc
  .oneof(
    { weight: 4, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 150 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(Buffer.from('2025-01-02T03:04:05.000000006Z stdout F x'), Buffer.from(' F ')),
    },
  )
  .map((bytes) => Buffer.from(bytes).map((byte) => (byte === 10 ? 11 : byte)) as Buffer);

const line: fc.Arbitrary<Line> = fc.record({ bytes: text, partial: fc.boolean() }).map((made) =>
  // A record has at least one byte.
  made.partial && made.bytes.length === 0 ? { ...made, bytes: Buffer.from('p') } : made,
);

export interface BatchPlan {
  readonly stream: StreamName;
  readonly time: bigint;
  readonly lines: readonly Line[];
}

export const batchPlan: fc.Arbitrary<BatchPlan> = fc.record({
  stream: fc.constantFrom<StreamName>('stdout', 'stderr'),
  time: fc.bigInt({ min: 0n, max: 4_102_444_799_999_999_999n }),
  lines: fc.array(line, { minLength: 1, maxLength: 8 }),
});

export const batchPlans = fc.array(batchPlan, { maxLength: 8 });

/** Bytes of a file, or `-1` for no rotation. */
export const maxSize = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constant(-1));
