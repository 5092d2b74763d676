import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AttachPeer } from '../../support/conmon/attach-peer.js';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { ConmonExec } from '../../support/conmon/conmon-exec.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { shimdOf } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';
import { SHIMCTL } from '../../support/workbench.js';

const ROUNDS = 5;

async function round(bench: ConmonBench, script: string): Promise<void> {
  const container = bench.container(script);
  await container.create({ flags: ['-i'] });
  const client = container.attach();
  container.start();
  const exec = new ConmonExec(container, ['cat'], { attach: true, flags: ['-i'] });
  exec.call.begin();
  await exec.call.pipe('attach').next();
  const reader = new AttachPeer(join(exec.bundle, 'attach'));
  exec.call.begin();
  reader.type('said');
  await reader.sees('said');
  reader.endInput();
  await exec.call.saysAll();
  client.endInput();
  expect(await container.exitFile()).toBe('0');
  await container.exitCommand();
  // The one that stays.
  await until('nothing of it is kept', () => bench.kept.length === 1);
}

describe.each(RUNTIMES)('many containers of conmon (%s)', (runtime) => {
  it('leave nothing open', async () => {
    const bench = new ConmonBench(runtime);
    const stays = bench.container('sleep 1000');
    await stays.createAndStart();
    const keeper = await bench.keeper();
    const shimd = await until('a shimd runs', () => shimdOf(keeper));
    const open = (): number[] => [keeper, shimd].map((pid) => readdirSync(`/proc/${pid}/fd`).length);
    await round(bench, 'cat');
    const before = open();
    for (let i = 0; i < ROUNDS; i += 1) await round(bench, 'cat');
    await until('as many as before are open', () => open().every((count, i) => count <= (before[i] ?? 0)));
  });

  it('do not notice that their shim is replaced by another', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('while read x; do echo "got $x"; done; exit 3');
    await container.create({ flags: ['-i'] });
    const client = container.attach();
    container.start();
    client.type('one\n');
    await client.sees('got one\n');
    const keeper = await bench.keeper();
    const before = shimdOf(keeper);
    execFileSync(SHIMCTL, ['--root', bench.root, 'upgrade', '--force'], { stdio: 'pipe' });
    expect([await bench.keeper(), shimdOf(keeper) === before]).toEqual([keeper, false]);
    client.type('two\n');
    await client.sees('got two\n');
    const exec = new ConmonExec(container, ['sh', '-c', 'exit 4']);
    exec.call.begin();
    expect((await exec.call.saysAll()).at(-1)).toEqual({ data: 4 });
    client.endInput();
    expect(await container.exitFile()).toBe('3');
    await container.exitCommand();
  });
});
