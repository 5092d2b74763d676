import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const FLOOD = 'i=0; while :; do echo "line $i"; i=$((i + 1)); done';

/** Records in the log of c1. */
function logged(bench: Workbench): number {
  const text = readFileSync(join(bench.logRoot, 'default', 'c1', 'container.log'), 'latin1');
  return text.split('\n').length - 1;
}

describe.each(RUNTIMES)('a rate limit on real %s', (runtime) => {
  it('that blocks keeps a flood to its rate, loses nothing, and holds up neither kill nor the end', async () => {
    const rateLimit = { lines: 40, burst: '100ms' };
    const bench = new Workbench({ runtime, config: { output: { rateLimit } } });
    const begin = performance.now();
    await bench.ok('run', '-d', '-b', bench.script('b', FLOOD), 'c1');
    await until('a second of it is there', () => logged(bench) >= 40);
    const count = logged(bench);
    // Tokens of 50 ms are used at a time; a record was counted before the clock was read.
    expect(count).toBeLessThanOrEqual(((performance.now() - begin) * 40) / 1000 + 4);
    await bench.ok('kill', 'c1', 'KILL');
    await bench.shimctl(['wait', 'c1']);
    const { lost, status } = await bench.inspect('c1');
    expect([status, lost.records]).toEqual(['stopped', 0]);
    // What was in the pipe was read at once.
    expect(logged(bench)).toBeGreaterThan(count + 1000);
  });

  it('that blocks does not keep a container from its trap when it is stopped', async () => {
    const bench = new Workbench({ runtime, config: { output: { rateLimit: { lines: 1 } } } });
    // More than there is room for in the last page of a full pipe.
    const bye = 'while [ ${#x} -lt 9000 ]; do x="x$x"; done; echo "$x"; echo bye; exit 7';
    const script = `trap '${bye}' TERM; ${FLOOD}`;
    await bench.ok('run', '-d', '-b', bench.script('b', script), 'c1');
    const { pid } = await bench.inspect('c1');
    await until('it sleeps, for room in the pipe', () => / S /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
    await bench.ok('stop', '--timeout', '15', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ exitCode: 7, lost: { records: 0 } });
    expect((await bench.ok('logs', '--tail', '1', 'c1')).trim()).toBe('bye');
  });

  it('that drops counts every line that is not in the log', async () => {
    const rateLimit = { lines: 100, burst: '1s', policy: 'drop' };
    const bench = new Workbench({ runtime, config: { output: { rateLimit } } });
    const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done';
    await bench.ok('run', '-d', '-b', bench.script('b', script), 'c1');
    await bench.ok('wait', 'c1');
    const { lost } = await bench.inspect('c1');
    const [causes] = Object.values(lost.byDriver).map((each) => each.causes);
    expect(causes).toMatchObject([{ stream: 'stdout', reason: 'rate limit' }]);
    expect(lost.records).toBeGreaterThan(0);
    const lines = (await bench.ok('logs', 'c1')).split('\n').filter((line) => line.startsWith('line '));
    expect(lines.length + lost.records).toBe(20_000);
    expect(lines[0]).toBe('line 0');
  });
});
