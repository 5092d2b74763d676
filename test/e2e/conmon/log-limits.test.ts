import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';

/** What conmon counts of a record besides its text. */
const HEAD = 45;
const LINE = 'a line of 28 characters, 0000';
const PRINT = 'i=1000; while [ $i -lt 1100 ]; do echo "a line of 28 characters, $i"; i=$((i+1)); done';
const ROOM = 10 * (HEAD + LINE.length + 1);

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

describe('how much conmon logs', () => {
  it('is as much as fits into one file, which another then takes the place of', async () => {
    const container = new ConmonBench('runc').container(PRINT);
    await container.createAndStart({ flags: ['--log-size-max', String(ROOM)] });
    expect(await container.exitFile()).toBe('0');
    expect(lines(container.log)).toHaveLength(10);
    expect(lines(container.log)[9]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00 stdout F a line .* 1099$/);
    expect([existsSync(`${container.log}.1`), existsSync(`${container.log}.tmp`)]).toEqual([false, false]);
  });

  it('is kept in as many files as there may be', async () => {
    const container = new ConmonBench('runc').container(PRINT);
    await container.createAndStart({ flags: ['--log-size-max', String(ROOM), '--log-rotate', '--log-max-files', '3'] });
    expect(await container.exitFile()).toBe('0');
    const files = ['.3', '.2', '.1', ''].map((suffix) => `${container.log}${suffix}`);
    const text = files.flatMap(lines).map((line) => Number(line.slice(-4)));
    expect(text).toEqual(Array.from({ length: 40 }, (_, i) => 1060 + i));
    expect(existsSync(`${container.log}.4`)).toBe(false);
  });

  it('is bounded in all, whatever a container prints; it ends as if nothing were', async () => {
    const flood = 'dd if=/dev/zero bs=64k count=300 2>/dev/null | tr "\\0" "\\n"; echo end; exit 9';
    const container = new ConmonBench('runc').container(`${PRINT}; ${flood}`);
    await container.create({ flags: ['--log-global-size-max', String(ROOM + 1)] });
    container.start();
    expect(await container.exitFile()).toBe('9');
    expect(lines(container.log)).toHaveLength(11);
    expect(statSync(container.log).size).toBe(11 * (HEAD + LINE.length + 1));
    const told = readFileSync(join(container.bench.root, 'groups', 'conmon', 'shimd.log'), 'utf8');
    expect(told.match(/log driver fails/g)).toHaveLength(1);
  });
});

describe('where conmon may log', () => {
  it('is below the directories that are allowed, wherever links lead', async () => {
    const container = new ConmonBench('runc').container('echo out');
    const [allowed, other] = [join(container.place, 'allowed'), join(container.place, 'other')];
    for (const path of [allowed, other]) mkdirSync(path);
    symlinkSync(other, join(allowed, 'link'));
    symlinkSync(allowed, join(container.place, 'way-in'));
    const flags = ['--log-allowlist-dir', allowed];
    for (const path of ['../other/log', 'link/log']) {
      const call = container.call({ flags, logs: [`k8s-file:${allowed}/${path}`] });
      expect(await call.ended).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('below none of the directories') as string,
      });
    }
    expect(existsSync(join(other, 'log'))).toBe(false);
    await container.createAndStart({ flags, logs: [`k8s-file:${container.place}/way-in/log`] });
    expect(await container.exitFile()).toBe('0');
    expect(lines(join(allowed, 'log'))).toHaveLength(1);
  });
});
