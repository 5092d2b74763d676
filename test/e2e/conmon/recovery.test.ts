import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AttachPeer } from '../../support/conmon/attach-peer.js';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import type { ConmonContainer } from '../../support/conmon/conmon-container.js';
import { ConmonExec } from '../../support/conmon/conmon-exec.js';
import { kill, VICTIMS, WaitingRuntime } from '../../support/conmon/conmon-kills.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { shimdOf, stateOf, withoutShimd } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const COUNTS =
  'i=0; while [ ! -e /out/go ]; do echo line $i; i=$((i+1)); sleep 0.005; done; echo $i > /out/count; exit 5';
const NUMBER = expect.any(Number) as number;

/** Fails unless each line was logged, in order; one that is doubled may be so at a kill. */
function expectLog(container: ConmonContainer): void {
  const lines = (readFileSync(container.log, 'utf8').match(/line \d+$/gm) ?? []).map((line) => Number(line.slice(5)));
  const count = Number(readFileSync(container.out('count'), 'utf8'));
  expect([...new Set(lines)]).toEqual(Array.from({ length: count }, (_, i) => i));
}

describe.each(RUNTIMES)('SIGKILL under conmon (%s)', (runtime) => {
  it.each(VICTIMS)(
    'of %s while a container runs: it lives, with clients, log, exit file and exit command',
    async (victim) => {
      const bench = new ConmonBench(runtime);
      const container = bench.container(COUNTS);
      await container.create({ flags: ['-i'] });
      const conmon = container.conmonPid;
      const client = container.attach();
      container.start();
      await client.sees('line 3\n');
      await kill(bench, victim);
      expect(stateOf(conmon)).not.toBe(undefined);
      const before = client.packets.arrived.length;
      if (victim === 'shimd') await client.packets.until((messages) => messages.length > before + 3);
      const exec = new ConmonExec(container, ['sh', '-c', 'exit 3']);
      exec.call.begin();
      expect(await exec.call.saysAll()).toEqual([{ data: NUMBER }, { data: 3 }]);
      const later = container.attach();
      await later.sees('line');
      container.go();
      expect(await container.exitFile()).toBe('5');
      await container.exitCommand();
      expectLog(container);
      await until('conmon has ended', () => !existsSync(`/proc/${conmon}`));
      expect(existsSync(join(container.bundle, 'attach'))).toBe(false);
    },
  );

  it('of shimd and keeper, and a container that ends meanwhile', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('echo said; while [ ! -e /out/go ]; do sleep 0.02; done; echo last; exit 7');
    const pid = await container.createAndStart();
    const keeper = await bench.keeper();
    await withoutShimd(keeper, async () => {
      container.go();
      await until('it has ended', () => [undefined, 'Z'].includes(stateOf(pid)));
    });
    expect(await container.exitFile()).toBe('7');
    await container.exitCommand();
    const log = readFileSync(container.log, 'utf8').replace(/^\d{4}-\S{20,} /gm, '');
    // A kill may double a batch.
    expect(log).toMatch(/^(stdout F said\n){1,2}stdout F last\n$/);
  });

  it.each(VICTIMS)('of %s before conmon is told to begin', async (victim) => {
    const bench = new ConmonBench(runtime);
    const other = bench.container('sleep 1000');
    await other.createAndStart();
    const container = bench.container('exit 4');
    const call = container.call();
    await kill(bench, victim);
    call.begin();
    expect(await call.says()).toEqual({ data: NUMBER });
    expect((await call.ended).code).toBe(0);
    container.start();
    expect(await container.exitFile()).toBe('4');
  });

  it('of shimd while the runtime creates: it is created once, or the caller is told that it is not', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('exit 4');
    const waiting = new WaitingRuntime(bench, 'create');
    const call = container.call({ flags: ['-r', waiting.path] });
    call.begin();
    await waiting.reached();
    await kill(bench, 'shimd');
    waiting.goOn();
    const said = await call.says();
    expect(said?.['data']).toBeTypeOf('number');
    if (Number(said?.['data']) > 0) {
      container.start();
      expect(await container.exitFile()).toBe('4');
    } else expect(said?.['message']).toBeTypeOf('string');
    await container.exitCommand();
    expect(await call.saysAll()).toEqual([]);
  });

  it('of shimd while an exec waits for its client, and once it runs', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('sleep 1000');
    await container.createAndStart();
    const exec = new ConmonExec(container, ['sh', '-c', 'echo begun; cat; exit 3'], { attach: true, flags: ['-i'] });
    exec.call.begin();
    await exec.call.pipe('attach').next();
    await kill(bench, 'shimd');
    exec.call.begin();
    expect(await exec.call.says()).toEqual({ data: NUMBER });
    const client = new AttachPeer(join(exec.bundle, 'attach'));
    client.type('one\n');
    await client.sees('one\n');
    await kill(bench, 'shimd');
    client.type('two\n');
    await client.sees('two\n');
    client.endInput();
    expect(await exec.call.saysAll()).toEqual([{ data: 3 }]);
    await exec.call.ended;
  });

  it('of shimd while the exit command runs: that is run again, and comes to its end', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('exit 6');
    const gate = join(bench.directory, 'gate');
    await container.createAndStart({ exitCommand: `while [ ! -e ${gate} ]; do sleep 0.02; done` });
    expect(await container.exitFile()).toBe('6');
    await kill(bench, 'shimd');
    writeFileSync(gate, '');
    await container.exitCommand();
    expect(await container.exitFile()).toBe('6');
  });

  it('of what stands for conmon: the container is not touched, and all is told of its end', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container(COUNTS);
    await container.createAndStart();
    const client = container.attach();
    await client.sees('line');
    process.kill(container.conmonPid, 'SIGKILL');
    const late = container.attach();
    await late.sees('line');
    container.go();
    expect(await container.exitFile()).toBe('5');
    await container.exitCommand();
    expectLog(container);
  });

  it('of all of them: the next call takes the container up again', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container(COUNTS);
    await container.createAndStart();
    await until('there is a log', () => existsSync(container.log) && readFileSync(container.log).length > 0);
    const keeper = await bench.keeper();
    const shimd = await until('a shimd runs', () => shimdOf(keeper));
    for (const pid of [container.conmonPid, keeper, shimd]) process.kill(pid, 'SIGKILL');
    await until('all are dead', () => [keeper, shimd].every((pid) => [undefined, 'Z'].includes(stateOf(pid))));
    const other = bench.container('exit 0');
    await other.createAndStart();
    expect(await other.exitFile()).toBe('0');
    container.go();
    expect(await container.exitFile()).toBe('5');
    await container.exitCommand();
  });
});
