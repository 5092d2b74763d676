import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import type { LostDocument } from '../../../src/api/documents.js';
import { LossLedger } from '../../../src/logging/loss-ledger.js';
import { openAccounts } from '../../../src/logging/pending/open-accounts.js';
import { SegmentFiles } from '../../../src/logging/spill/segment-files.js';
import { Spill } from '../../../src/logging/spill/spill.js';
import type { FileLane } from '../../../src/plugin/file-lane.js';
import { NOTHING_LOST } from '../../../src/state/container-record.js';
import { QuietLogger } from '../../support/quiet-logger.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { QueuedDriver, refused, type QueuedDriverOptions } from '../queue/queued-driver.js';

/** A container whose driver spills; its shimd is killed, by being left alone, and comes back. */
export class SpillingContainer {
  readonly directory = temporaryDirectory();
  readonly spilled = join(this.directory, 'logs', '.queue-fake');
  saved: LostDocument = NOTHING_LOST;
  lane: FileLane;
  diskBytes = 1 << 20;
  memoryBytes = 4_000;
  instance = 'one';
  timeoutMs = 5_000;

  /** `lane`: of a test that has one for many containers. */
  constructor(lane = makeLane()) {
    this.lane = lane;
  }

  /** Its driver takes nothing until a test lets it. */
  async start(settings: QueuedDriverOptions['settings'] = {}): Promise<QueuedDriver> {
    let spill: Spill | undefined;
    const ledger = new LossLedger(this.saved, () => undefined);
    const path = join(this.directory, 'queued');
    const account = openAccounts({ path, drivers: 1, logger: new QuietLogger() })[0]!;
    const { diskBytes, memoryBytes, timeoutMs } = this;
    const queued = new QueuedDriver({
      ledger,
      account,
      settings: { bytes: 2 * memoryBytes, spillBytes: diskBytes, ...settings },
      spill: (counters) => {
        const files = new SegmentFiles(this.spilled, this.instance, this.lane);
        spill = new Spill({ files, account, counters, logger: new QuietLogger(), memoryBytes, diskBytes, timeoutMs });
        return spill;
      },
    });
    queued.driver.onWrite = () => {
      throw refused('ECONNREFUSED', { retry: true });
    };
    await spill?.recovered;
    return queued;
  }
}

/** Its methods can be replaced. */
export function makeLane(): FileLane {
  const lane = new native.Lane();
  onTestFinished(() => lane.stop());
  const methods = Object.getOwnPropertyNames(native.Lane.prototype).filter((name) => name !== 'constructor');
  const bound = methods.map((name) => [name, (lane[name as keyof FileLane] as () => unknown).bind(lane)]);
  return Object.fromEntries(bound) as FileLane;
}

export const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `${from + i} `.padEnd(99, 'x'));
