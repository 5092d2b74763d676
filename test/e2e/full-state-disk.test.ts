import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Workbench } from '../support/workbench.js';

it('a state disk that is full hides no exit, and what could not be recorded is recorded once there is space', async () => {
  const bench = new Workbench();
  const disk = bench.tmpfs('disk', '512k');
  bench.writeConfig({ root: join(disk, 'r') });
  await bench.ok(
    'run',
    '-d',
    '-b',
    bench.script('b', 'trap "exit 6" TERM; echo up; while :; do sleep 0.1; done'),
    'c1',
  );
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
  const refused = await bench.shimctl(['run', '-d', '-b', bench.script('b2', 'true'), 'c2']);
  expect(refused.stderr).toMatch(/ENOSPC.*\(SHIM_IO\)/s);
  await bench.ok('stop', 'c1');
  expect(await bench.ok('wait', 'c1')).toBe('6');
  rmSync(join(disk, 'filler'));
  await bench.ok('delete', 'c1');
  expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
});
