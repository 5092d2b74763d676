import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainerDocument } from '@holdfast/core/client';
import { Installation } from '../support/installation.js';
import { NumberedContainer } from '../support/numbered-container.js';
import { PRINT_UNTIL_GO, printLines, WAIT_FOR_GO } from '../support/numbered-lines.js';
import { shimdOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const DIES = 'console.error("no such plugin"); process.exit(3)';

/** A container whose shimd has been killed and can't start again. */
class Loop {
  readonly bench = new Workbench();
  readonly installation = new Installation(this.bench, '9.8.7');
  readonly container: NumberedContainer;

  constructor(script: string) {
    this.container = new NumberedContainer(this.bench, 'c1', script);
  }

  async begin(): Promise<void> {
    const { exitCode } = await this.installation.shimctl(['run', '-d', '-b', this.container.bundle, 'c1']);
    expect(exitCode).toBe(0);
    const { shim } = await this.bench.inspect('c1');
    this.installation.replaceShimd(DIES);
    process.kill(shimdOf(shim.keeperPid) as number, 'SIGKILL');
  }

  /** How often shimd has died in a row, as the keeper says. */
  get deaths(): number {
    const path = join(this.bench.root, 'groups/default/crashes.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { deaths: number }).deaths : 0;
  }

  known(): Promise<unknown> {
    return until('the loop is known', () => this.deaths >= 5);
  }
}

const SAID =
  /shimd of group default has died \d+ times in a row since \S+Z; the last one exited with 3 at \S+Z, and is/;

describe('a shimd that can not start any more', () => {
  it('is told of by every command at once, tried again by recover, and harms no container', async () => {
    const loop = new Loop(`${PRINT_UNTIL_GO}; exit 5`);
    const { bench, installation } = loop;
    await loop.begin();
    const early = bench.shimctl(['inspect', 'c1']);
    const log = join(bench.root, 'groups/default/shimd.log');
    expect(await early, 'it was waiting as the loop became known').toMatchObject({ exitCode: 1 });
    expect((await early).stderr).toMatch(SAID);
    await loop.known();

    const inspect = await bench.shimctl(['inspect', 'c1']);
    expect(inspect.exitCode).toBe(1);
    for (const words of [SAID, /\(SHIM_CRASH_LOOP\)/, /`shimctl recover`/]) expect(inspect.stderr).toMatch(words);
    expect(inspect.stderr).toContain(`at: ${log}`);
    expect(readFileSync(log, 'utf8')).toContain('no such plugin');
    expect(await bench.shimctl(['exec', 'c1', '--', 'true'])).toMatchObject({ exitCode: 125 });
    expect(String((await bench.shimctl(['stop', 'c1'])).stderr)).toContain('SHIM_CRASH_LOOP');

    const list = await bench.shimctl(['list']);
    expect([list.exitCode, String(list.stdout)]).toEqual([0, expect.stringMatching(/^c1 +unknown/m) as string]);
    expect(list.stderr).toMatch(SAID);
    const [listed] = JSON.parse(await bench.ok('list', '--json')) as ContainerDocument[];
    expect(listed).toMatchObject({ id: 'c1', status: 'unknown', error: { code: 'SHIM_CRASH_LOOP', where: log } });

    const doctor = await bench.shimctl(['--json', 'doctor']);
    expect(JSON.parse(String(doctor.stdout))).toContainEqual({
      ...{ verdict: 'fail', name: 'shim default' },
      found: expect.stringMatching(/^is in a crash loop: it has died \d+ times in a row since/) as string,
      remedy: expect.stringContaining(log) as string,
    });

    const before = loop.deaths;
    const vain = await bench.shimctl(['recover']);
    expect([vain.exitCode, String(vain.stdout)]).toEqual([
      1,
      expect.stringMatching(/^default\/c1: broken: shimd of group default has died/) as string,
    ]);
    expect(loop.deaths).toBeGreaterThan(before);

    installation.replaceShimd();
    expect(await bench.ok('recover')).toBe('default/c1: ok (running)');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running' });
    const healed = await bench.shimctl(['--json', 'doctor']);
    expect(JSON.parse(String(healed.stdout))).toContainEqual(
      expect.objectContaining({ verdict: 'warn', name: 'shim default' }),
    );
    loop.container.go();
    expect(await bench.ok('wait', 'c1')).toBe('5');
    await loop.container.expectUnharmed(Number(loop.container.read('count')), 1);
  });

  it('heals by itself when the cause has gone, and those who wait for the container get its code', async () => {
    const loop = new Loop(`${printLines(0, 50)}; ${WAIT_FOR_GO}; ${printLines(50, 80)}; exit 6`);
    const { bench, installation } = loop;
    await loop.begin();
    await loop.known();
    const waiting = bench.shimctl(['wait', 'c1']);
    loop.container.go();
    installation.replaceShimd();
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: '6' });
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 6 });
    await loop.container.expectUnharmed(80, 1);
  });
});
