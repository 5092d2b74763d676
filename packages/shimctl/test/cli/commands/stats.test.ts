import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ContainerDocument, StatsDocument } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { Capture } from '../support/capture.js';
import { statsDocument } from '../support/documents.js';
import { FakeCli } from '../support/fake-cli.js';

const FAST = ['--interval', '0.01'];

/** Each reading a second after the one before, with a quarter of a second of CPU time and some more of everything else. */
function ticking(): (container: ContainerDocument) => StatsDocument {
  const readings = new Map<string, number>();
  return (container) => {
    const reading = (readings.get(container.id) ?? 0) + 1;
    readings.set(container.id, reading);
    return statsDocument(container, {
      clockMs: reading * 1000,
      cpu: { usageUs: reading * 250_000, cpus: 2 },
      blockIo: { readBytes: reading * 4_096, writeBytes: 1 },
      network: { receivedBytes: reading * 1_234, sentBytes: reading * 567 },
      output: {
        stdout: { bytes: reading * 1_000, records: reading * 10 },
        stderr: { bytes: reading * 500, records: reading * 2 },
      },
    });
  };
}

function cliWith(...ids: string[]): FakeCli {
  const cli = new FakeCli();
  for (const id of ids) cli.add(id, { instance: `instance-${id}` });
  cli.service.statsOf = ticking();
  return cli;
}

/** Lets each container end after so many readings. */
function endAfter(cli: FakeCli, readings: number): void {
  const { statsOf } = cli.service;
  const left = new Map<string, number>();
  cli.service.statsOf = (container) => {
    const now = left.get(container.id) ?? readings;
    left.set(container.id, now - 1);
    if (now === 0) throw new ShimError('SHIM_ILLEGAL_STATE', 'it is stopped');
    return statsOf(container);
  };
}

const HEAD = [
  ...['ID', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'PIDS'],
  ...['NET IN / OUT /s', 'BLOCK IN / OUT /s', 'LOG / LINES /s'],
];

/** Cells of a table. */
function cellsOf(text: string): string[][] {
  return text.split('\n').map((line) => line.split(/ {2,}/));
}

describe('stats --no-stream', () => {
  it('prints one table, with rates from two readings', async () => {
    const cli = cliWith('c1');
    const { code, stdout, stderr } = await cli.run('stats', '--no-stream', ...FAST);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(cellsOf(stdout)).toEqual([
      HEAD,
      ['c1', '25.00%', '32MiB / 64MiB', '50.00%', '3', '1.23kB / 567B', '4.1kB / 0B', '1.5kB / 12'],
      [''],
    ]);
  });

  it('reads what runs or is paused, in the order of ids, of one group if --group is given', async () => {
    const cli = cliWith('b', 'a');
    cli.add('p', { status: 'paused', instance: 'p', shim: { pid: 1, keeperPid: 1, group: 'g' } });
    cli.add('s', { status: 'stopped' });
    const ids = async (...argv: string[]): Promise<unknown[]> =>
      cellsOf((await cli.run('stats', '--no-stream', ...FAST, ...argv)).stdout).map(([id]) => id);
    expect(await ids()).toEqual(['ID', 'a', 'b', 'p', '']);
    expect(await ids('--group', 'g')).toEqual(['ID', 'p', '']);
    expect(await ids('b')).toEqual(['ID', 'b', '']);
  });

  it('prints a document a line with --json', async () => {
    const cli = cliWith('a', 'b');
    const { stdout } = await cli.run('--json', 'stats', '--no-stream', ...FAST);
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(documents).toEqual([
      expect.objectContaining({ id: 'a', cpuPercent: 25, memoryPercent: 50, clockMs: 2000 }),
      expect.objectContaining({ id: 'b', cpuPercent: 25, memoryPercent: 50, clockMs: 2000 }),
    ]);
  });

  it('shows a dash for what is not counted, and the memory of the host where there is no limit', async () => {
    const cli = cliWith('c1');
    const memory = { usageBytes: 2 ** 30, limitBytes: null, hostBytes: 2 ** 32 };
    // As a shim of an earlier version answers.
    const nothing = { cpu: null, pids: null, blockIo: null, network: null, output: undefined as never };
    cli.service.statsOf = (container) => statsDocument(container, { ...nothing, memory });
    const { stdout } = await cli.run('stats', '--no-stream', ...FAST);
    expect(cellsOf(stdout)[1]).toEqual(['c1', '-', '1GiB / 4GiB', '25.00%', '-', '-', '-', '-']);
    cli.service.statsOf = (container) => statsDocument(container, { ...nothing, memory: null });
    expect(cellsOf((await cli.run('stats', '--no-stream', ...FAST)).stdout)[1]).toEqual([
      ...['c1', '-', '-', '-', '-', '-', '-', '-'],
    ]);
  });

  it('says in words that none runs', async () => {
    const words = 'no container runs in the namespace default';
    expect(await cliWith().run('stats', '--no-stream', ...FAST)).toEqual({ code: 0, stdout: `${words}\n`, stderr: '' });
    expect((await cliWith().run('stats', '--no-stream', '--group', 'g', ...FAST)).stdout).toBe(`${words}, group g\n`);
    expect((await cliWith().run('--json', 'stats', '--no-stream', ...FAST)).stdout).toBe('');
  });

  it('fails for a container that was named and does not run', async () => {
    const cli = cliWith('c1');
    endAfter(cli, 0);
    expect(await cli.run('stats', '--no-stream', ...FAST, 'c1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SHIM_ILLEGAL_STATE') as string,
    });
    expect((await cli.run('stats', '--no-stream', ...FAST, 'c2')).stderr).toContain('SHIM_CONTAINER_NOT_FOUND');
  });

  it.each(['x', '-1', '0', '0.001'])('refuses an interval of %s', async (interval) => {
    const { code, stderr } = await cliWith('c1').run('stats', '--interval', interval);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--interval') as string });
  });
});

describe('stats', () => {
  it('prints a table after the other where there is no terminal, until all that were named have ended', async () => {
    const cli = cliWith('c1');
    endAfter(cli, 3);
    const { code, stdout, stderr } = await cli.run('stats', ...FAST, 'c1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const cpu = cellsOf(stdout).map(([, share]) => share);
    expect(cpu).toEqual(['CPU %', '-', 'CPU %', '25.00%', 'CPU %', '25.00%', undefined]);
    expect(stdout).not.toContain('\u001b');
  });

  it('leaves out a container that ends, and goes on with the others', async () => {
    const cli = cliWith('a', 'b');
    const { statsOf } = cli.service;
    let readings = 0;
    cli.service.statsOf = (container) => {
      if (container.id === 'a' && readings++ >= 1) throw new ShimError('SHIM_CONTAINER_NOT_FOUND', 'gone');
      if (readings > 3) cli.signals.emit('SIGINT');
      return statsOf(container);
    };
    const { code, stdout } = await cli.run('stats', ...FAST);
    expect(code).toBe(130);
    const ids = cellsOf(stdout).map(([id]) => id);
    expect(ids.slice(0, 5)).toEqual(['ID', 'a', 'b', 'ID', 'b']);
  });

  it('ends with 130 when it is interrupted', async () => {
    const cli = cliWith('c1');
    const stdout = new Capture();
    const running = cli.runWith({ stdout, stderr: new Capture() }, 'stats', '--interval', '1000');
    while (stdout.text === '') await new Promise((resolve) => setImmediate(resolve));
    cli.signals.emit('SIGINT');
    expect(await running).toBe(130);
    expect(cli.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('ends when nobody reads on', async () => {
    const cli = cliWith('c1');
    const stdout = new PassThrough();
    const running = cli.runWith({ stdout, stderr: new Capture() }, 'stats', ...FAST);
    stdout.once('data', () => stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })));
    expect(await running).toBe(0);
  });
});
