import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { WAIT_FOR_GO } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, stateOf, withoutShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const LIMITED = { resources: { memory: { limit: 16 << 20 } } };
/** It writes its memory itself: a read(2) into memory beyond the limit (v1) fails with EFAULT and kills nobody. */
const GREEDY = `awk 'BEGIN { s = "x"; while (1) s = s s }'`;

describe.each(RUNTIMES)('out of memory, on real %s', (runtime) => {
  it('is told of a container that the kernel killed', async () => {
    const bench = new Workbench({ runtime });
    const { exitCode } = await bench.shimctl(['run', '-b', bench.script('b', GREEDY, LIMITED), 'c1']);
    expect(exitCode).toBe(137);
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 137, oomKilled: true, oomKills: 1 });
    expect(await bench.ok('list')).toMatch(/ 137 \(OOM\)$/m);
    const log = readFileSync(join(bench.root, 'groups', 'default', 'shimd.log'), 'utf8');
    expect(log).toContain('out of memory: the kernel killed a process of the container');
  });

  it('is not told of one that got an ordinary SIGKILL', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000', LIMITED), 'c1');
    await bench.ok('kill', 'c1', 'KILL');
    await bench.ok('wait', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({
      exitCode: 137,
      signal: 'SIGKILL',
      oomKilled: false,
      oomKills: 0,
    });
    expect(await bench.ok('list')).toMatch(/ 137$/m);
  });

  it('is told while the container lives on, and counted over restarts of shimd', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', `${GREEDY}; ${WAIT_FOR_GO}; ${GREEDY}; sleep 1000`, LIMITED);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const kills = async (): Promise<number> => (await bench.inspect('c1')).oomKills;
    await until('the first kill is noticed', async () => (await kills()) === 1);
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running', oomKilled: true });
    await killShimd(await keeperOf(bench, 'c1'));
    expect(await kills()).toBe(1);
    container.go();
    await until('the second kill is noticed', async () => (await kills()) === 2);
  });

  it('is told of a container that was killed while no shimd was alive', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', `${WAIT_FOR_GO}; ${GREEDY}`, LIMITED);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    await withoutShimd(shim.keeperPid, async () => {
      container.go();
      await until('the container is a zombie', () => stateOf(pid) === 'Z');
    });
    expect(await bench.ok('wait', 'c1')).toBe('137');
    expect(await bench.inspect('c1')).toMatchObject({ oomKilled: true, oomKills: 1 });
  });
});
