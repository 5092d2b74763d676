import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

/** Times of the starts that a crashing program wrote, in ms. */
function startTimes(file: string): number[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line) / 1e6);
}

describe.each(VARIANTS)('the life of shimd (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('is started again at once after a first death, and counted', async () => {
    const client = await keepers.ready();
    const before = Date.now();
    process.kill(client.shimdPid, 'SIGKILL');
    client.close();
    const next = await keepers.current().connect();
    expect(Date.now() - before).toBeLessThan(1000);
    expect(await next.hello()).toMatchObject({ restarts: 1 });
    expect(next.shimdPid).not.toBe(client.shimdPid);
    expect(keepers.current().log).toContain('was killed by signal 9');
  });

  it('is started with doubling delays while it crashes', async () => {
    const keeper = await keepers.start({
      // Its standard error is the log, which lies in the keeper's directory.
      program: ['/bin/sh', '-c', 'date +%s%N >> "$(dirname "$(readlink /proc/self/fd/2)")/starts"; exit 1'],
    });
    const file = join(keeper.directory, 'starts');
    await until(() => startTimes(file).length >= 5);
    const times = startTimes(file);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // At once, then 100, 200 and 400 ms; a busy machine may add to each.
    expect(gaps[1]).toBeGreaterThan(80);
    expect(gaps[2]).toBeGreaterThan(180);
    expect(gaps[3]).toBeGreaterThan(380);
  });

  it('is never waited for longer than a test wants', async () => {
    const keeper = await keepers.start({
      env: { ...process.env, HOLDFAST_TEST_RESTART_DELAY: '0' },
      program: ['/bin/sh', '-c', 'date +%s%N >> "$(dirname "$(readlink /proc/self/fd/2)")/starts"; exit 1'],
    });
    const file = join(keeper.directory, 'starts');
    // With the usual delays the twentieth start comes after two minutes.
    await until(() => startTimes(file).length >= 20);
    expect(startTimes(file).length).toBeGreaterThanOrEqual(20);
  });

  it('dies with the keeper', async () => {
    const client = await keepers.ready();
    keepers.current().signal(9);
    await keepers.current().ended();
    await until(() => !existsSync(`/proc/${client.shimdPid}`));
    expect(existsSync(`/proc/${client.shimdPid}`)).toBe(false);
  });

  it('finds its log renamed to .1 if that was over 1 MiB', async () => {
    const client = await keepers.ready();
    const log = join(keepers.current().directory, 'log');
    writeFileSync(log, 'x'.repeat(1024 * 1024 + 1), { flag: 'a' });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    await next.hello();
    expect(statSync(`${log}.1`).size).toBeGreaterThan(1024 * 1024);
    expect(statSync(log).size).toBeLessThan(1024);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });
});
