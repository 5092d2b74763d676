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

it('a state disk that is full keeps nobody from killing and deleting, which makes room', async () => {
  const bench = new Workbench();
  const disk = bench.tmpfs('disk', '512k');
  bench.writeConfig({ root: join(disk, 'r') });
  const loop = bench.script('b', 'echo up; while :; do sleep 0.1; done');
  for (const id of ['killed', 'forced', 'frozen']) await bench.ok('run', '-d', '-b', loop, id);
  await bench.ok('pause', 'frozen');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
  const refused = await bench.shimctl(['run', '-d', '-b', loop, 'more']);
  expect(refused.stderr).toMatch(/ENOSPC.*Free space/s);
  await bench.ok('kill', 'killed', 'KILL');
  expect(await bench.ok('wait', 'killed')).toBe('137');
  await bench.ok('kill', 'frozen', 'KILL');
  expect(await bench.ok('wait', 'frozen')).toBe('137');
  for (const id of ['forced', 'killed', 'frozen']) await bench.ok('delete', '--force', id);
  expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
});
