import { DirectOutlet } from '../../src/logging/direct-outlet.js';
import { DriverPort } from '../../src/logging/driver-port.js';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { newDriverCounters } from '../../src/metrics/counters.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import { FakeLogDriver } from '../support/fake-log-driver.js';
import { QuietLogger } from '../support/quiet-logger.js';

/** A fake driver without a queue. */
export function setUpDirect(
  timeoutMs = 20,
  ledger = new LossLedger(NOTHING_LOST, () => undefined),
): {
  driver: FakeLogDriver;
  outlet: DirectOutlet;
  ledger: LossLedger;
  logger: QuietLogger;
} {
  const driver = new FakeLogDriver();
  const logger = new QuietLogger();
  return {
    driver,
    ledger,
    logger,
    outlet: new DirectOutlet(
      new DriverPort({ name: 'fake', driver, ledger, counters: newDriverCounters(), logger, timeoutMs }),
    ),
  };
}
