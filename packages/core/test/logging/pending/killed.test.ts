import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LostDocument } from '../../../src/api/documents.js';
import { LossLedger } from '../../../src/logging/loss-ledger.js';
import { openAccounts } from '../../../src/logging/pending/open-accounts.js';
import { NOTHING_LOST } from '../../../src/state/container-record.js';
import { QuietLogger } from '../../support/quiet-logger.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { batchOf } from '../batch.js';
import { QueuedDriver, refused } from '../queue/queued-driver.js';

/** A driver of a container whose shimd is killed, by being left alone, and comes back. */
class KilledShim {
  readonly path = join(temporaryDirectory(), 'queued');
  /** What is on disk of the counts. */
  saved: LostDocument = NOTHING_LOST;
  #ledger: LossLedger | undefined;

  start(settings = {}): QueuedDriver {
    const ledger = new LossLedger(this.saved, () => undefined);
    this.#ledger = ledger;
    const [account] = openAccounts({ path: this.path, drivers: 2, logger: new QuietLogger() });
    const queued = new QueuedDriver({ ledger, account: account!, settings });
    queued.driver.onWrite = () => {
      throw refused('ECONNREFUSED', { retry: true });
    };
    return queued;
  }

  save(): void {
    this.saved = this.#ledger?.document() ?? NOTHING_LOST;
  }
}

describe('what waits in memory when shimd is killed', () => {
  test('is counted by the next one, by stream, and told in the log', async () => {
    const shim = new KilledShim();
    const first = shim.start();
    first.driver.onWrite = () => undefined;
    await first.print(['delivered']);
    await first.got(1);
    first.driver.onWrite = () => {
      throw refused('ECONNREFUSED', { retry: true });
    };
    await first.print(['a', 'bc']);
    await first.print(['def'], 'stderr');
    const second = shim.start();
    expect(second.lost).toEqual({ 'stdout shimd was killed': 2, 'stderr shimd was killed': 1 });
    expect(second.ledger.document()).toMatchObject({ records: 3, bytes: 9 });
    second.driver.onWrite = () => undefined;
    await second.print(['next']);
    await second.got(3);
    expect(second.driver.lines).toEqual([
      'stdout:holdfast: 2 records (5 bytes) lost: shimd was killed|',
      'stderr:holdfast: 1 record (4 bytes) lost: shimd was killed|',
      'stdout:next|',
    ]);
  });

  test('is counted once, whether or not the counts of that one were written down before it was killed in turn', async () => {
    const shim = new KilledShim();
    await shim.start().print(['a', 'b']);
    expect(shim.start().ledger.document().records).toBe(2);
    const third = shim.start();
    expect(third.ledger.document().records).toBe(2);
    shim.save();
    await third.print(['c']);
    expect(shim.start().ledger.document().records).toBe(3);
    expect(shim.start().ledger.document().records).toBe(3);
  });

  test('is counted with what was lost before, though that was not written down', async () => {
    const shim = new KilledShim();
    const first = shim.start({ mode: 'drop-newest', bytes: 1_000 });
    for (let i = 0; i < 10; i++) await first.print(['x'.repeat(99)]);
    const { records } = first.ledger.document();
    expect(records).toBeGreaterThan(0);
    const waiting = first.counters.queuedRecords;
    expect(waiting + records).toBe(10);
    const second = shim.start();
    expect(second.ledger.document()).toMatchObject({ records: 10, bytes: 1_000 });
  });

  test('is not counted if it comes again, since it had not left the pipe', async () => {
    const shim = new KilledShim();
    const first = shim.start();
    await first.outlet.write(batchOf('a', 'b'));
    const second = shim.start();
    expect(second.ledger.document()).toEqual(NOTHING_LOST);
  });

  test('is nothing if the queue was delivered', async () => {
    const shim = new KilledShim();
    const first = shim.start();
    first.driver.onWrite = () => undefined;
    await first.print(['a']);
    await first.outlet.close('restart');
    expect(shim.start().ledger.document()).toEqual(NOTHING_LOST);
  });
});

describe('the file', () => {
  test('is private, and made anew if it holds nonsense', () => {
    const shim = new KilledShim();
    shim.start();
    expect(statSync(shim.path).mode & 0o777).toBe(0o600);
    writeFileSync(shim.path, Buffer.alloc(statSync(shim.path).size, 0xff));
    expect(shim.start().ledger.document()).toEqual(NOTHING_LOST);
    const halfSane = readFileSync(shim.path);
    halfSane.writeDoubleLE(Number.NaN, 128);
    halfSane.writeDoubleLE(-1, 136);
    writeFileSync(shim.path, halfSane);
    expect(shim.start().ledger.document()).toEqual(NOTHING_LOST);
  });

  test('that cannot be had costs the counts, which is logged, and nothing else', async () => {
    const directory = temporaryDirectory();
    const target = join(directory, 'target');
    const path = join(directory, 'queued');
    symlinkSync(target, path);
    const logger = new QuietLogger();
    const [account] = openAccounts({ path, drivers: 1, logger });
    expect(logger.errors).toMatchObject([{ code: 'ELOOP' }]);
    expect(existsSync(target)).toBe(false);
    const queued = new QueuedDriver({ account: account! });
    await queued.print(['a']);
    await queued.got(1);
  });
});
