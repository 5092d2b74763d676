import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

describe.each(RUNTIMES)('run on real %s', (runtime) => {
  it('relays both streams and exits with the code of the container', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'echo out; echo err >&2; exit 7');
    const { exitCode, stdout, stderr } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: 'out', stderr: 'err' });
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 7, signal: null, pid: 0 });
  });
});
