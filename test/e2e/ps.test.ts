import { describe, expect, it } from 'vitest';
import type { ProcessDocument } from '@holdfast/core/client';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

type Shown = ProcessDocument & { readonly args: readonly string[] };

async function processes(bench: Workbench): Promise<Shown[]> {
  return JSON.parse(await bench.ok('--json', 'ps', 'c1')) as Shown[];
}

describe.each(RUNTIMES)('ps on real %s', (runtime) => {
  it('shows init, its children and those of exec, also while they are paused', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000 & wait', { uid: 33 }), 'c1');
    await bench.ok('exec', '-d', '-u', '0', 'c1', '--', 'sleep', '2000');
    const { pid } = await bench.inspect('c1');
    const names = async (): Promise<string[]> => (await processes(bench)).map(({ args }) => args.join(' ')).sort();
    const all = ['sh -c sleep 1000 & wait', 'sleep 1000', 'sleep 2000'];
    await until('all processes are there', async () => (await names()).length === all.length);
    expect(await names()).toEqual(all);
    const [init, child] = (await processes(bench)).filter(({ uid }) => uid === 33);
    expect(init).toMatchObject({ pid, containerPid: 1 });
    expect(child).toMatchObject({ ppid: pid, args: ['sleep', '1000'] });
    await bench.ok('pause', 'c1');
    expect(await names()).toEqual(all);
  });

  it('lets no command line steer the terminal', async () => {
    const bench = new Workbench({ runtime });
    const hostile = '\u001b]0;owned\u0007\nsecond line';
    await bench.ok('run', '-d', '-b', bench.bundle('b', ['sh', '-c', 'sleep 1000; :', hostile]), 'c1');
    const table = await bench.ok('ps', 'c1');
    expect(table).toContain('sh -c sleep 1000; : \\x1b]0;owned\\x07\\x0asecond line');
    expect(table).not.toContain('\u001b');
  });

  it('is refused for a container that has ended', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'exit 0'), 'c1');
    await bench.ok('wait', 'c1');
    expect(await bench.shimctl(['ps', 'c1'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('cannot list the processes of c1: it is stopped') as string,
    });
  });
});
