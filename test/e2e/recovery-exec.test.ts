import { describe, expect, it } from 'vitest';
import { hostPid } from '../support/container-processes.js';
import { Fault, NumberedContainer } from '../support/numbered-container.js';
import { expectWhole, ofProcess, printLines, readLines, WAIT_FOR_GO } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, shimdStarts, stateOf, withoutShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const IDLE = `${WAIT_FOR_GO.replace('/out/go', '/out/end')}; exit 5`;
const LINES = 2_000;
const COMMAND = `${printLines(0, LINES - 20)}; ${printLines(LINES - 20, LINES, 'sleep 0.005')}; exit 38`;

function expectOutput(
  result: { readonly stdout?: unknown; readonly stderr?: unknown },
  count: number,
  kills = 1,
): void {
  expectWhole(readLines(String(result.stdout), 'o'), count, 1);
  expectWhole(readLines(ofProcess(result.stderr, kills), 'e'), count, 1);
}

describe.each(RUNTIMES)('exec sessions over a death of shimd, on real %s', (runtime) => {
  it.each(['exec-intent', 'exec-started', 'exec-pid-recorded'])(
    'keeps output and code when it dies at %s',
    async (point) => {
      const bench = new Workbench({ runtime });
      const fault = new Fault(bench, point);
      const container = new NumberedContainer(bench, 'c1', IDLE);
      await bench.shimctl(['run', '-d', '-b', container.bundle, 'c1'], { env: fault.env });
      const result = await bench.shimctl(['exec', 'c1', '--', 'sh', '-c', COMMAND]);
      expect(fault.happened, 'the fault point was reached').toBe(true);
      expect(result.exitCode, String(result.stderr).slice(-300)).toBe(38);
      expectOutput(result, LINES);
      expect(shimdStarts(bench).map((start) => start.restarts)).toEqual([0, 1]);
      container.go('end');
      expect(await bench.ok('wait', 'c1')).toBe('5');
    },
  );

  it('keeps output and code when shimd is killed in the middle, and when the command ends while none is alive', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', IDLE);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const keeper = await keeperOf(bench, 'c1');
    const script = `${printLines(0, 500)}; echo $$ > /out/pid; ${WAIT_FOR_GO}; ${printLines(500, 600)}; touch /out/done; exit 39`;
    const running = bench.shimctl(['exec', 'c1', '--', 'sh', '-c', script]);
    await until('the command waits', () => container.has('pid') && container.read('pid') !== '');
    await killShimd(keeper);
    await until('the next shimd serves', () => shimdStarts(bench).length === 2);
    const { pid } = await bench.inspect('c1');
    const command = await until('the command is found', () => hostPid(pid, Number(container.read('pid'))));
    await withoutShimd(keeper, async () => {
      container.go();
      await until('the command is a zombie', () => stateOf(command) === 'Z');
    });
    const result = await running;
    expect(result.exitCode, String(result.stderr).slice(-300)).toBe(39);
    expect(container.has('sigpipe')).toBe(false);
    expectOutput(result, 600, 2);
  });

  it('still enforces a time limit that was set before shimd died', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', IDLE);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const running = bench.shimctl([
      'exec',
      '--timeout',
      '1.5',
      'c1',
      '--',
      'sh',
      '-c',
      'touch /out/runs; exec sleep 100',
    ]);
    await until('the command runs', () => container.has('runs'));
    await killShimd(await keeperOf(bench, 'c1'));
    const result = await running;
    expect(result.exitCode).toBe(137);
    expect(result.stderr).toContain('SHIM_EXEC_TIMEOUT');
  });
});
