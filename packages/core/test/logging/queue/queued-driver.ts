import { DEFAULT_QUEUE, type QueueSettings } from '../../../src/config/container-config.js';
import { DriverPort } from '../../../src/logging/driver-port.js';
import { LossLedger } from '../../../src/logging/loss-ledger.js';
import { ACCOUNT_NUMBERS, DriverAccount } from '../../../src/logging/pending/driver-account.js';
import type { SpillStore } from '../../../src/logging/queue/spill-store.js';
import { QueuedOutlet } from '../../../src/logging/queued-outlet.js';
import { newDriverCounters } from '../../../src/metrics/counters.js';
import type { StreamName } from '../../../src/plugin/log-batch.js';
import { NOTHING_LOST } from '../../../src/state/container-record.js';
import { FakeLogDriver } from '../../support/fake-log-driver.js';
import { QuietLogger } from '../../support/quiet-logger.js';
import { until } from '../../support/until.js';
import { batchFrom } from '../batch.js';

export interface QueuedDriverOptions {
  readonly settings?: Partial<QueueSettings>;
  readonly timeoutMs?: number;
  readonly account?: DriverAccount;
  readonly ledger?: LossLedger;
  readonly spill?: (counters: ReturnType<typeof newDriverCounters>) => SpillStore;
}

/** A fake driver behind a queue. */
export class QueuedDriver {
  readonly driver = new FakeLogDriver();
  readonly ledger: LossLedger;
  readonly logger = new QuietLogger();
  readonly counters = newDriverCounters();
  readonly port: DriverPort;
  readonly outlet: QueuedOutlet;
  readonly #sequence: Record<StreamName, number> = { stdout: 0, stderr: 0 };

  constructor({ settings, timeoutMs = 5_000, account, ledger, spill }: QueuedDriverOptions = {}) {
    const { driver, logger, counters } = this;
    this.ledger = ledger ?? new LossLedger(NOTHING_LOST, () => undefined);
    this.port = new DriverPort({ name: 'fake', driver, ledger: this.ledger, counters, logger, timeoutMs });
    this.outlet = new QueuedOutlet({
      port: this.port,
      settings: { ...DEFAULT_QUEUE, ...settings },
      account: account ?? new DriverAccount(new Float64Array(ACCOUNT_NUMBERS)),
      spill: spill?.(counters),
    });
  }

  /** Resolves as {@link QueuedOutlet.write}; the batch is out of the pipe then. */
  async print(lines: readonly string[], stream: StreamName = 'stdout', time = 1n): Promise<boolean> {
    const batch = batchFrom(
      lines.map((line) => `${line}\n`),
      { stream, time, sequence: this.#sequence[stream] },
    );
    this.#sequence[stream] += lines.length;
    const busy = await this.outlet.write(batch);
    this.outlet.committed(batch);
    return busy;
  }

  /** Without the prefix of the stream, if it is stdout. */
  get lines(): string[] {
    return this.driver.lines.map((line) => line.replace(/^stdout:/, '').replace(/\|$/, ''));
  }

  /** Resolves when the driver has so many records. */
  async got(records: number): Promise<void> {
    await until(() => this.driver.records.length >= records);
  }

  get lost(): Record<string, number> {
    const causes = this.ledger.document().byDriver.fake?.causes ?? [];
    return Object.fromEntries(causes.map(({ stream, reason, records }) => [`${stream} ${reason}`, records]));
  }
}

/** What a driver rejects with that takes none, or all but the last `lost`. */
export function refused(code: string, more: { lost?: number; retry?: boolean } = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}
