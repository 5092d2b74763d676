import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { censusOf } from '../../support/containerd/census.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks } from '../../support/containerd/shim.js';
import { amountOf, endure, type Endurance } from '../../support/endurance.js';
import { shimdOf } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const RUNTIME = { runtime: HOLDFAST };

describe.skipIf(SKIP)(`many tasks${WHY}`, () => {
  it('on runc and on crun, side by side in one shim', async () => {
    const { ctr } = await Containerd.start(RUNTIME);
    const ids = [...Array(20).keys()];
    const results = await Promise.all(
      ids.map((i) => {
        const runtime = i % 2 === 0 ? 'runc' : 'crun';
        const flags = ['--rm', '--annotation', `io.holdfast.runtime=${runtime}`];
        return ctr.run(`c${i}`, ['sh', '-c', `echo ${i}; exit ${i}`], { flags });
      }),
    );
    expect(results.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
      ids.map((i) => [i, `${i}\n`, '']),
    );
  });

  it('one after another leave memory, descriptors and all else as they were', async () => {
    const amount = amountOf(process);
    const containerd = await Containerd.start({ ...RUNTIME, holdfast: { runtime: amount.runtime } });
    const { ctr } = containerd;
    await ctr.detached('stays', ['sleep', '100000']);
    const work: Endurance = {
      pids: async () => {
        const keeper = await keeperOfTasks(containerd);
        return { keeper, shimd: await until('shimd runs', () => shimdOf(keeper)) };
      },
      task: async (n) => {
        const script = `echo ${n}; exit ${n % 200}`;
        const { code, stdout } = await ctr.run(`c${n}`, ['sh', '-c', script], { flags: ['--rm'] });
        expect({ code, stdout }).toEqual({ code: n % 200, stdout: `${n}\n` });
      },
      exec: async (n) => {
        const { code, stdout } = await ctr.exec('stays', ['sh', '-c', `echo ${n}; exit ${n % 200}`]);
        expect({ code, stdout }).toEqual({ code: n % 200, stdout: `${n}\n` });
      },
      census: () => censusOf(containerd),
    };
    await endure(work, amount);
  });
});
