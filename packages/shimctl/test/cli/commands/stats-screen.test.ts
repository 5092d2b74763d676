import { describe, expect, it } from 'vitest';
import type { ContainerDocument, StatsDocument } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { BrokenOutput, Capture } from '../support/capture.js';
import { statsDocument } from '../support/documents.js';
import { FakeCli, type CliResult } from '../support/fake-cli.js';

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const CLEAR = '\u001b[2J';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const BARS = /[▁-█]/;

/** On a terminal; each of `cpu` is the share of a CPU in one reading, and with the last the container ends. */
function cliWith(cpu: readonly number[], columns = 80): FakeCli {
  const cli = new FakeCli();
  cli.isTTY = { stdin: true, stdout: true, stderr: true };
  cli.env = { NO_COLOR: '1', LANG: 'C.UTF-8' };
  cli.terminal.current = { rows: 24, columns };
  cli.add('c1');
  let reading = 0;
  let usageUs = 0;
  cli.service.statsOf = (container): StatsDocument => {
    if (reading > cpu.length) throw new ShimError('SHIM_ILLEGAL_STATE', 'it is stopped');
    usageUs += (cpu[reading - 1] ?? 0) * 1e6;
    reading += 1;
    const output = { stdout: { bytes: usageUs, records: 0 }, stderr: { bytes: 0, records: 0 } };
    return statsDocument(container, { clockMs: reading * 1000, cpu: { usageUs, cpus: 4 }, output });
  };
  return cli;
}

function run(cli: FakeCli, ...argv: string[]): Promise<CliResult> {
  return cli.run('stats', '--interval', '0.01', ...argv);
}

/** The lines of each picture. */
function picturesOf(text: string): string[][] {
  const pictures = text.split(HOME).slice(1);
  return pictures.map((picture) => picture.split(CLEAR_BELOW)[0]?.split(`${CLEAR_LINE}\n`).slice(0, -1) ?? []);
}

describe('stats on a terminal', () => {
  it('draws over what was there, without a cursor, which is there again at the end', async () => {
    const { code, stdout } = await run(cliWith([0.5, 0.5]), 'c1');
    expect(code).toBe(0);
    expect(stdout.startsWith(`${HIDE}${CLEAR}${HOME}ID `)).toBe(true);
    expect(stdout.endsWith(`${CLEAR_BELOW}${SHOW}`)).toBe(true);
    expect(stdout.split(CLEAR)).toHaveLength(2);
    const pictures = picturesOf(stdout);
    expect(pictures.map((lines) => lines.length)).toEqual([2, 2, 2]);
    expect(pictures.map(([, row]) => /^c1 +(\S+)/.exec(row ?? '')?.[1])).toEqual(['-', '50.00%', '50.00%']);
  });

  it('shows the last readings as bars in the width that is left', async () => {
    const { stdout } = await run(cliWith([0, 0.25, 1, 4], 160), 'c1');
    const [head, row] = picturesOf(stdout).at(-1) ?? [];
    expect(head).toMatch(/ CPU +LOG$/);
    expect(row).toMatch(/ {2} ▁▁▂█ +▁▁▂█$/);
    const [, half] = picturesOf((await run(cliWith([0.5, 0.5], 160), 'c1')).stdout).at(-1) ?? [];
    expect(half, 'a full bar is a whole CPU, and the most that was logged').toMatch(/ ▄▄ +██$/);
  });

  it('fits every width, and leaves out what has no room', async () => {
    for (const columns of [1, 20, 40, 60, 80, 100, 120, 137, 138, 200]) {
      const pictures = picturesOf((await run(cliWith([1, 1], columns), 'c1')).stdout);
      const widest = Math.max(...pictures.flat().map((line) => line.length));
      expect(widest, `${columns} columns`).toBeLessThanOrEqual(columns);
    }
    const [head] = picturesOf((await run(cliWith([1], 80), 'c1')).stdout).at(-1) ?? [];
    expect(head).toMatch(/^ID +CPU % +MEM USAGE \/ LIMIT +.*LOG \/ LINES \/s/);
  });

  it('fits every height, and says how many are not shown', async () => {
    const cli = cliWith([]);
    cli.terminal.current = { rows: 5, columns: 80 };
    for (const id of ['c2', 'c3', 'c4', 'c5']) cli.add(id, { instance: id });
    cli.service.statsOf = statsDocument;
    cli.service.before.stats = () => void (cli.service.calls.length > 20 && cli.signals.emit('SIGINT'));
    const [picture] = picturesOf((await run(cli)).stdout);
    expect(picture?.map((line) => line.split(' ', 1)[0])).toEqual(['ID', 'c1', 'c2', '…']);
    expect(picture?.at(-1)).toBe('… 3 more');
  });

  it('begins anew when the terminal has got another size', async () => {
    const cli = cliWith([1, 1, 1]);
    const { statsOf } = cli.service;
    let readings = 0;
    cli.service.statsOf = (container) => {
      if (++readings === 3) cli.terminal.current = { rows: 30, columns: 100 };
      return statsOf(container);
    };
    expect((await run(cli, 'c1')).stdout.split(CLEAR)).toHaveLength(3);
  });

  it.each([{ LANG: 'C' }, { LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, {}])('has no bars with the locale %j', async (env) => {
    const cli = cliWith([1, 1], 160);
    cli.env = { ...env, NO_COLOR: '1' };
    const { stdout } = await run(cli, 'c1');
    expect(stdout).not.toMatch(BARS);
    expect(picturesOf(stdout)).toHaveLength(3);
  });

  it('is plain text on a dumb terminal', async () => {
    const cli = cliWith([1, 1], 160);
    cli.env = { TERM: 'dumb', LANG: 'C.UTF-8' };
    const { stdout } = await run(cli, 'c1');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(BARS);
  });

  it('paints the heading alone', async () => {
    const cli = cliWith([]);
    cli.env = {};
    const [[head, row] = []] = picturesOf((await run(cli, 'c1')).stdout);
    expect([head?.startsWith('\u001b[1mID '), head?.endsWith('\u001b[0m')]).toEqual([true, true]);
    expect(row).not.toContain('\u001b');
  });

  it('shows nothing of a name that could steer the terminal', async () => {
    const cli = cliWith([]);
    const { statsOf } = cli.service;
    cli.service.statsOf = (container: ContainerDocument) => ({ ...statsOf(container), id: 'x\u001b[2J\ny' });
    const [[, row] = []] = picturesOf((await run(cli, 'c1')).stdout);
    expect(row).toMatch(/^x\\x1b\[2J\\x0ay /);
  });

  it('says in words that none runs, and goes on looking', async () => {
    const cli = new FakeCli();
    cli.isTTY = { stdin: true, stdout: true, stderr: true };
    cli.env = { NO_COLOR: '1' };
    let looks = 0;
    const { list } = cli.shims;
    cli.shims.list = (namespace) => {
      if (++looks === 2) cli.add('c1');
      if (looks === 3) cli.signals.emit('SIGINT');
      return list.call(cli.shims, namespace);
    };
    const { code, stdout } = await run(cli);
    const pictures = picturesOf(stdout);
    expect([code, pictures[0]]).toEqual([130, ['no container runs in the namespace default']]);
    expect(pictures[1]?.[1]).toMatch(/^c1 /);
  });
});

describe('the cursor', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is there again after %s, and nothing is shown any more', async (signal, code) => {
    const cli = cliWith([]);
    const { statsOf } = cli.service;
    let readings = 0;
    cli.service.statsOf = (container) => {
      if (++readings === 2) cli.signals.emit(signal);
      return statsOf({ ...container });
    };
    const result = await run(cli, 'c1');
    expect(result.code).toBe(code);
    expect(result.stdout.endsWith(SHOW)).toBe(true);
    expect(cli.hurried).toBe(1);
    expect(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTSTP'].map((name) => cli.signals.listenerCount(name))).toEqual([
      ...[0, 0, 0, 0],
    ]);
  });

  it('is there while shimctl is stopped by ctrl-Z, and all is drawn anew after that', async () => {
    const cli = cliWith([1, 1]);
    const { statsOf } = cli.service;
    let readings = 0;
    cli.service.statsOf = (container) => {
      if (++readings === 2) cli.signals.emit('SIGTSTP');
      return statsOf(container);
    };
    const { stdout } = await run(cli, 'c1');
    expect(cli.terminal.calls).toEqual(['stopped']);
    expect(stdout).toContain(`${CLEAR_BELOW}${SHOW}${HIDE}${CLEAR}`);
  });

  it('is there again after an error', async () => {
    const cli = cliWith([]);
    let readings = 0;
    cli.service.statsOf = (container) => {
      if (++readings === 2) throw new ShimError('SHIM_IO', 'broken');
      return statsDocument(container);
    };
    const { code, stdout, stderr } = await run(cli, 'c1');
    expect({ code, end: stdout.endsWith(SHOW) }).toEqual({ code: 1, end: true });
    expect(stderr).toContain('SHIM_IO');
  });

  it('is nobody’s any more when the terminal has gone', async () => {
    const streams = { stdout: new BrokenOutput('EIO'), stderr: new Capture() };
    expect(await cliWith([1]).runWith(streams, 'stats', 'c1')).toBe(1);
  });
});
