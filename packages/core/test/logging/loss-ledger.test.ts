import { expect, test } from 'vitest';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';

test('losses add up by driver, the last reason stands, and each change is told', () => {
  let changes = 0;
  const ledger = new LossLedger(NOTHING_LOST, () => (changes += 1));
  ledger.add('a', { records: 1, bytes: 10, reason: 'ENOSPC', stream: 'stdout' });
  ledger.add('a', { records: 2, bytes: 20, reason: 'timeout', stream: 'stdout' });
  ledger.add('a', { records: 4, bytes: 40, reason: 'ENOSPC', stream: 'stdout' });
  ledger.add('a', { records: 1, bytes: 1, reason: 'ENOSPC', stream: 'stderr' });
  ledger.add('b', { records: 3, bytes: 30, reason: 'stalled' });
  ledger.add('b', { records: 0, bytes: 0, reason: 'close' });
  expect(ledger.document()).toEqual({
    records: 11,
    bytes: 101,
    byDriver: {
      a: {
        ...{ records: 8, bytes: 71, reason: 'ENOSPC' },
        causes: [
          { stream: 'stdout', reason: 'ENOSPC', records: 5, bytes: 50 },
          { stream: 'stdout', reason: 'timeout', records: 2, bytes: 20 },
          { stream: 'stderr', reason: 'ENOSPC', records: 1, bytes: 1 },
        ],
      },
      b: {
        ...{ records: 3, bytes: 30, reason: 'stalled' },
        causes: [{ stream: null, reason: 'stalled', records: 3, bytes: 30 }],
      },
    },
  });
  expect(changes).toBe(5);
});

test('losses of an earlier shimd are counted on, and its document is left as it is', () => {
  const earlier = { records: 1, bytes: 5, byDriver: { a: { records: 1, bytes: 5, reason: 'timeout' } } };
  const ledger = new LossLedger(earlier, () => undefined);
  ledger.add('a', { records: 1, bytes: 5, reason: 'close' });
  expect([ledger.document().records, earlier.byDriver.a.records]).toEqual([2, 1]);
  const again = new LossLedger(ledger.document(), () => undefined);
  expect(again.document()).toEqual(ledger.document());
  expect(again.document().byDriver['a']?.causes).toHaveLength(2);
});

test('reasons without number are counted as others', () => {
  const ledger = new LossLedger(NOTHING_LOST, () => undefined);
  for (let i = 0; i < 1000; i++) ledger.add('a', { records: 1, bytes: 2, reason: `error ${i}`, stream: 'stdout' });
  const causes = ledger.document().byDriver['a']?.causes ?? [];
  expect(causes.at(-1)).toEqual({ stream: 'stdout', reason: 'other', records: 968, bytes: 1936 });
  expect(causes).toHaveLength(33);
});
