import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExposition, valueOf } from '../support/exposition.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const C1 = { group: 'default', namespace: 'default', container: 'c1' };

describe.each(RUNTIMES)('metrics of real %s', (runtime) => {
  it('count what containers of all groups write and run, and go on after a restart of shimd', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'echo one; echo two; echo oops >&2; exec sleep 1000');
    await bench.ok('run', '-d', '-b', bundle, 'c1');
    await bench.ok('--group', 'g2', 'run', '-d', '-b', bundle, 'c2');
    await bench.ok('exec', 'c1', '--', 'true');
    await until('all lines are counted', async () => {
      const text = `${await bench.ok('metrics')}\n`;
      const records = (labels: Record<string, string>): number | undefined =>
        valueOf(text, 'holdfast_container_log_records_total', labels);
      const counts = [
        { ...C1, stream: 'stdout' },
        { ...C1, stream: 'stderr' },
        { container: 'c2', stream: 'stdout' },
      ];
      return counts.map(records).join() === '2,1,2';
    });
    const text = `${await bench.ok('metrics')}\n`;
    expect(valueOf(text, 'holdfast_up', { group: 'g2' })).toBe(1);
    expect(valueOf(text, 'holdfast_containers', { group: 'default', state: 'running' })).toBe(1);
    expect(valueOf(text, 'holdfast_container_log_bytes_total', { ...C1, stream: 'stdout' })).toBe(8);
    expect(valueOf(text, 'holdfast_container_exec_start_seconds_count', C1)).toBe(1);
    expect(valueOf(text, 'holdfast_reaped_processes_total', { group: 'default', kind: 'tracked' })).toBeGreaterThan(2);
    await killShimd(await keeperOf(bench, 'c1'));
    const after = `${await bench.ok('metrics', '--group', 'default')}\n`;
    expect(valueOf(after, 'holdfast_shimd_restarts_total')).toBe(1);
    expect(valueOf(after, 'holdfast_container_log_records_total', { ...C1, stream: 'stdout' })).toBe(0);
    await bench.ok('kill', 'c1', 'KILL');
    await bench.ok('wait', 'c1');
    const file = join(bench.directory, 'holdfast.prom');
    await bench.ok('metrics', '--out', file);
    expect(readFileSync(file, 'utf8')).not.toContain('container="c1"');
    expect(parseExposition(readFileSync(file, 'utf8')).size).toBeGreaterThan(10);
    expect(readdirSync(bench.directory).filter((name) => name.includes('.prom'))).toEqual(['holdfast.prom']);
  });

  it('tell of a group that does not run, and start nothing', async () => {
    const bench = new Workbench({ runtime });
    const { exitCode, stdout, stderr } = await bench.shimctl(['metrics', '--group', 'none']);
    expect({ exitCode, value: valueOf(`${String(stdout)}\n`, 'holdfast_up', { group: 'none' }) }).toEqual({
      exitCode: 1,
      value: 0,
    });
    expect(stderr).toContain('SHIM_NOT_RUNNING');
    expect(await bench.ok('metrics')).toBe('');
  });
});
