import { constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { expect, onTestFinished, test } from 'vitest';
import { LogFanout } from '../../src/logging/log-fanout.js';
import { newContainerCounters } from '../../src/metrics/counters.js';
import { spin } from '../support/spin.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { batchOf } from './batch.js';
import { setUpDirect } from './direct.js';

const TIMEOUT_MS = 400;

test('a driver that spins past the deadline costs a local file beside it nothing', async () => {
  const path = join(temporaryDirectory(), 'container.log');
  const lane = new native.Lane();
  onTestFinished(() => lane.stop());
  const local = setUpDirect(TIMEOUT_MS);
  // As a log that is rotated: one call of the lane after the other, each with an answer that the loop must hear.
  local.driver.onWrite = async (batch) => {
    const fd = await lane.open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    await lane.write(fd, Buffer.from(batch.bytes));
    await lane.sync(fd);
    await lane.close(fd);
  };
  const other = setUpDirect(TIMEOUT_MS);
  other.driver.onWrite = () => spin(TIMEOUT_MS + 20);
  const fanout = new LogFanout([local.outlet, other.outlet], newContainerCounters().streams);
  for (const line of ['a', 'b', 'c']) {
    // Of the next turn of the loop the timers come first.
    await nextTurn();
    expect(await fanout.write(batchOf(line))).toBe(true);
  }
  expect(local.ledger.document().records).toBe(0);
  expect(local.logger.lines).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
});
