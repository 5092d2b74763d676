import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { censusOf, expectNothingMore } from '../../support/containerd/census.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { descriptorsOfTasks } from '../../support/containerd/shim.js';

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

  it('one after another leave memory and descriptors as they were', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr } = containerd;
    await ctr.detached('stays', ['sleep', '1000']);
    const round = async (n: number): Promise<void> => {
      expect(await ctr.run(`c${n}`, ['true'], { flags: ['--rm'] })).toMatchObject({ code: 0 });
      expect((await ctr.exec('stays', ['sh', '-c', `exit ${n % 200}`])).code).toBe(n % 200);
    };
    for (let n = 0; n < 5; n += 1) await round(n);
    const before = { descriptors: await descriptorsOfTasks(containerd), census: censusOf(containerd) };
    for (let n = 5; n < 45; n += 1) await round(n);
    await expectNothingMore(containerd, before.census);
    expect(await descriptorsOfTasks(containerd)).toEqual(before.descriptors);
  });
});
