import { afterAll, afterEach, beforeAll } from 'vitest';
import { PrivateJournald } from '../../../../test/support/journald.js';
import { TestLog, type TestLogOptions } from './test-log.js';

/** One journald for a file of tests, and the logs of each test, which are closed after it. */
export function useJournald(...settings: Parameters<typeof PrivateJournald.start>): {
  readonly journald: PrivateJournald;
  log(options?: TestLogOptions): TestLog;
} {
  let journald: PrivateJournald | undefined;
  let logs: TestLog[] = [];
  beforeAll(async () => {
    journald = await PrivateJournald.start(...settings);
  });
  afterEach(async () => {
    await Promise.all(logs.map((log) => log.close()));
    logs = [];
  });
  afterAll(() => journald?.remove());
  return {
    get journald(): PrivateJournald {
      return journald!;
    },
    log(options) {
      const log = new TestLog(journald!, options);
      logs.push(log);
      return log;
    },
  };
}
