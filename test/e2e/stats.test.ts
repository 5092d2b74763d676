import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '@holdfast/core/client';
import { Person } from '../support/person.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

type Stats = StatsDocument & {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly logRate: { readonly bytes: number; readonly records: number } | null;
};

const MEMORY = 64 << 20;
/** Person shows bytes. */
const FULL_BAR = Buffer.from('█').toString('latin1');

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
      /^ID .*\nbusy +[\d.]+% +[\d.]+[KM]iB \/ 64MiB +[\d.]+% +1 +0B \/ 0B +\S+ \/ \S+ +0B \/ 0$/,
    );
  });

  it('shows how much a container logs, which begins anew with another shimd', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'while :; do echo 0123456789abcdef; done'), 'c1');
    const [printing] = documentsOf(await bench.ok('--json', 'stats', '--no-stream', 'c1'));
    const { bytes = 0, records = 0 } = printing?.logRate ?? {};
    expect(records).toBeGreaterThan(0);
    // Lines of sixteen characters.
    expect(bytes / records).toBeCloseTo(17, 5);
    const before = await bench.inspect('c1');
    await killShimd(await keeperOf(bench, 'c1'));
    const after = await bench.inspect('c1');
    expect(after.counters?.output.stdout.records).toBeLessThan(before.counters?.output.stdout.records ?? 0);
    expect(await bench.ok('stats', '--no-stream', 'c1')).toMatch(/\nc1 .* [\d.]+[kM]?B \/ [\d.]+[kM]?$/);
  });

  it('draws bars over a terminal, follows its size, and gives the cursor back on ctrl-C', async () => {
    const bench = new Workbench({ runtime });
    await bench.ok('run', '-d', '-b', bench.script('b', 'while :; do echo x; done'), 'c1');
    const command = [SHIMCTL, '--config', bench.configFile, 'stats', '--interval', '0.1'];
    const person = await Person.runs(['env', 'LC_ALL=C.UTF-8', ...command], { rows: 24, columns: 160 });
    await person.sees('\x1b[?25l');
    await person.sees(FULL_BAR);
    expect(person.screen.split('\x1b[2J')).toHaveLength(2);
    person.resize(10, 50);
    await person.sees('\x1b[2J');
    const picture = await person.sees('\x1b[J');
    expect(picture).toContain('c1 ');
    expect(picture).not.toContain(FULL_BAR);
    person.type('\x03');
    expect(await person.ended).toBe(130);
    await person.sees('\x1b[?25h');
  });

  it('says in words that none runs', async () => {
    const bench = new Workbench({ runtime });
    expect(await bench.ok('stats', '--no-stream')).toBe('no container runs in the namespace default');
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
