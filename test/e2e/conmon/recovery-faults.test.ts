import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { ConmonExec } from '../../support/conmon/conmon-exec.js';
import { Fault } from '../../support/numbered-container.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { until } from '../../support/until.js';

const POINTS = [
  'intent-recorded',
  'create',
  'pid-recorded',
  'start',
  'log-peek',
  'log-write',
  'log-commit',
  'exit-seen',
  'exit-recorded',
  'delete',
];
const LINES = Array.from({ length: 50 }, (_, i) => `line ${i}`);
const SCRIPT = 'i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; exit 7';

describe.each(RUNTIMES)('shimd killed at a named step under conmon (%s)', (runtime) => {
  it.each(POINTS)('is not noticed: %s', async (point) => {
    const bench = new ConmonBench(runtime);
    const fault = new Fault(bench, point);
    const container = bench.container(SCRIPT);
    await container.createAndStart({ env: fault.env });
    expect(await container.exitFile()).toBe('7');
    await container.exitCommand();
    const lines = readFileSync(container.log, 'utf8').match(/line \d+$/gm) ?? [];
    expect([...new Set(lines)]).toEqual(LINES);
    await until('nothing is kept', () => bench.kept.length === 0);
    expect(fault.happened).toBe(true);
  });

  it.each(['intent-recorded', 'create', 'pid-recorded', 'exit-seen', 'exit-recorded'])(
    'is not noticed by an exec: %s',
    async (point) => {
      const bench = new ConmonBench(runtime);
      const fault = new Fault(bench, point, 2);
      const container = bench.container('sleep 1000');
      await container.createAndStart({ env: fault.env });
      // The first passage is the container's own; of its end there is none yet.
      const first = new ConmonExec(container, ['sh', '-c', 'exit 2']);
      first.call.begin();
      expect((await first.call.saysAll()).at(-1)).toEqual({ data: 2 });
      const second = new ConmonExec(container, ['sh', '-c', 'exit 3']);
      second.call.begin();
      expect(await second.call.saysAll()).toEqual([{ data: expect.any(Number) as number }, { data: 3 }]);
      expect(fault.happened).toBe(true);
    },
  );
});
