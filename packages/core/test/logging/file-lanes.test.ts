import { constants } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { expect, onTestFinished, test } from 'vitest';
import { FileLanes } from '../../src/logging/file-lanes.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function lanes(): FileLanes {
  const made = new FileLanes();
  onTestFinished(() => made.close());
  return made;
}

test('files of one device share a lane, whether they exist or not, and long work has one of its own', () => {
  const directory = temporaryDirectory();
  const all = lanes();
  const lane = all.forPath(directory);
  expect(all.forPath(join(directory, 'not/yet/there.log'))).toBe(lane);
  expect(all.forPath(directory, 'records')).toBe(lane);
  expect(all.forPath(directory, 'background')).not.toBe(lane);
  expect(all.forPath(directory, 'background')).toBe(all.forPath(join(directory, 'x'), 'background'));
  expect(all.forPath('/proc/self')).not.toBe(lane);
});

test('long work that is stuck does not hold up records', async () => {
  const directory = temporaryDirectory();
  const all = lanes();
  native.mkfifo(join(directory, 'fifo'), 0o600);
  // Opening a FIFO for writing waits for a reader, as a frozen disk makes everything wait.
  const stuck = all.forPath(directory, 'background').open(join(directory, 'fifo'), constants.O_WRONLY, 0);
  const lane = all.forPath(directory);
  const file = await lane.open(join(directory, 'log'), constants.O_WRONLY | constants.O_CREAT, 0o600);
  await lane.write(file, Buffer.from('a record\n'));
  expect(await lane.size(file)).toBe(9);
  const reader = await lane.open(join(directory, 'fifo'), constants.O_RDONLY | constants.O_NONBLOCK, 0);
  for (const fd of [await stuck, reader, file]) await lane.close(fd);
});
