import { readlinkSync, realpathSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Workbench } from '../support/workbench.js';

it('shimd runs on the Node that shimctl was started with, and a shimd that was killed comes back on it', async () => {
  const bench = new Workbench();
  await bench.ok('run', '-d', '-b', bench.script('b', 'while :; do sleep 0.1; done'), 'c1');
  const node = realpathSync(process.execPath);
  const first = (await bench.inspect('c1')).shim.pid;
  expect(readlinkSync(`/proc/${first}/exe`)).toBe(node);
  process.kill(first, 'SIGKILL');
  const second = (await bench.inspect('c1')).shim.pid;
  expect(second).not.toBe(first);
  expect(readlinkSync(`/proc/${second}/exe`)).toBe(node);
});
