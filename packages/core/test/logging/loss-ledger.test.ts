import { expect, test } from 'vitest';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';

test('losses add up by driver, the last reason stands, and each change is told', () => {
  let changes = 0;
  const ledger = new LossLedger(NOTHING_LOST, () => (changes += 1));
  ledger.add('a', { records: 1, bytes: 10, reason: 'timeout' });
  ledger.add('a', { records: 2, bytes: 20, reason: 'ENOSPC' });
  ledger.add('b', { records: 3, bytes: 30, reason: 'stalled' });
  ledger.add('b', { records: 0, bytes: 0, reason: 'close' });
  expect(ledger.document()).toEqual({
    records: 6,
    bytes: 60,
    byDriver: { a: { records: 3, bytes: 30, reason: 'ENOSPC' }, b: { records: 3, bytes: 30, reason: 'stalled' } },
  });
  expect(changes).toBe(3);
});

test('losses of an earlier shimd are counted on, and its document is left as it is', () => {
  const earlier = { records: 1, bytes: 5, byDriver: { a: { records: 1, bytes: 5, reason: 'timeout' } } };
  const ledger = new LossLedger(earlier, () => undefined);
  ledger.add('a', { records: 1, bytes: 5, reason: 'close' });
  expect([ledger.document().records, earlier.byDriver.a.records]).toEqual([2, 1]);
});
