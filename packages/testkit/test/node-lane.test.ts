import { constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogDriverHost, NodeLane } from '@holdfast/testkit';
import type { FileLane } from '@holdfast/core/plugin';
import { expect, it } from 'vitest';

const { O_CREAT, O_RDWR } = constants;

/** The same calls on a lane; what they gave. */
async function exercise(lane: FileLane, path: string): Promise<unknown> {
  const fd = await lane.open(path, O_RDWR | O_CREAT, 0o600);
  await lane.chmod(fd, 0o640);
  await lane.write(fd, Buffer.from('abc\n'));
  const records = { bytes: Buffer.from('one\ntw'), ends: Uint32Array.of(4, 6), from: 0, to: 2 };
  await lane.writeRecords(fd, { ...records, full: Buffer.from('F '), partial: Buffer.from('P ') });
  const bytes = Buffer.alloc(100);
  const length = await lane.read(fd, bytes, 4);
  const { isFile, size } = await lane.stat(fd);
  await lane.sync(fd);
  await lane.truncate(fd, 6);
  const left = await lane.size(fd);
  await lane.close(fd);
  await lane.rename(path, `${path}.1`);
  const text = await readFile(`${path}.1`, 'utf8');
  await lane.unlink(`${path}.1`);
  return { read: bytes.toString('utf8', 0, length), isFile, size, left, text };
}

it('does what the lanes of the host do', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-lane-'));
  const host = await LogDriverHost.open();
  try {
    const real = await exercise(host.context().lane(directory), join(directory, 'real'));
    expect(real).toEqual({ read: 'F one\nP tw\n', isFile: true, size: 15, left: 6, text: 'abc\nF ' });
    expect(await exercise(new NodeLane(), join(directory, 'fake'))).toEqual(real);
  } finally {
    await host.close();
    await rm(directory, { recursive: true });
  }
});

it('keeps the calls, and fails once where it is told to', async () => {
  const lane = new NodeLane();
  lane.broken.add('open');
  await expect(lane.open('/dev/null', O_RDWR, 0)).rejects.toMatchObject({ code: 'EIO', syscall: 'open' });
  await lane.close(await lane.open('/dev/null', O_RDWR, 0));
  expect(lane.calls).toEqual(['open', 'open', 'close']);
});
