import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '@holdfast/core/client';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

type Stats = StatsDocument & { readonly cpuPercent: number | null; readonly memoryPercent: number | null };

const MEMORY = 64 << 20;

function documentsOf(text: string): Stats[] {
  return text.split('\n').map((line) => JSON.parse(line) as Stats);
}

describe.each(RUNTIMES)('stats on real %s', (runtime) => {
  it('shows what a busy container uses, and an idle one does not', async () => {
    const bench = new Workbench({ runtime });
    const resources = { memory: { limit: MEMORY }, pids: { limit: 32 } };
    await bench.ok('run', '-d', '-b', bench.script('busy', 'while :; do :; done', { resources }), 'busy');
    await bench.ok('run', '-d', '-b', bench.script('idle', 'sleep 1000 & sleep 1000'), 'idle');
    const [busy, idle] = documentsOf(await bench.ok('--json', 'stats', '--no-stream'));
    expect(busy).toMatchObject({
      id: 'busy',
      namespace: 'default',
      memory: { limitBytes: MEMORY },
      pids: { current: 1, limit: 32 },
      network: { receivedBytes: 0, sentBytes: 0 },
    });
    expect(idle).toMatchObject({ id: 'idle', memory: { limitBytes: null }, pids: { current: 2 } });
    // Other tests may share the processors.
    expect(busy?.cpuPercent).toBeGreaterThan(10);
    expect(idle?.cpuPercent).toBeLessThan(5);
    expect(busy?.memory?.usageBytes).toBeGreaterThan(0);
    expect(busy?.blockIo?.readBytes).toBeGreaterThanOrEqual(0);
    expect(await bench.ok('stats', '--no-stream', 'busy')).toMatch(
      /^ID .*\nbusy +[\d.]+% +[\d.]+[KM]iB \/ 64MiB +[\d.]+% +0B \/ 0B +\S+ \/ \S+ +1$/,
    );
  });

  it('goes on after a restart of shimd, and ends with the containers that were named', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const streaming = bench.shimctl(['--json', 'stats', '--interval', '0.1', 'c1']);
    let lines = 0;
    streaming.stdout?.on('data', () => (lines += 1));
    const more = (): Promise<boolean> => {
      const before = lines;
      return until('another document comes', () => lines > before);
    };
    await more();
    await killShimd(await keeperOf(bench, 'c1'));
    await more();
    await bench.ok('pause', 'c1');
    await more();
    await bench.ok('kill', 'c1', 'KILL');
    const { exitCode, stderr } = await streaming;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await bench.shimctl(['stats', '--no-stream', 'c1'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('cannot read the counters of c1: it is stopped') as string,
    });
  });
});
