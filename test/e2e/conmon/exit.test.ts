import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { contents } from '../../support/conmon/conmon-container.js';
import { RUNTIMES } from '../../support/runtimes.js';

const SIGNALS = [
  ['SIGTERM', 15],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
] as const;

describe.each(RUNTIMES)('the end of a container of conmon (%s)', (runtime) => {
  it('runs the exit command, with its arguments, empty ones too, and the environment that conmon had', async () => {
    const container = new ConmonBench(runtime).container('exit 3');
    const args = ['--flag', '', 'two words', '--exit-command', "it's", ''];
    const fd = openSync('/dev/null', 'r');
    await container.createAndStart({
      flags: args.flatMap((arg) => ['--exit-command-arg', arg]),
      env: { SOMETHING: 'of the callers', XDG_RUNTIME_DIR: '/x/y' },
      preserved: [fd],
    });
    closeSync(fd);
    const report = await container.exitCommand();
    expect(report.args).toEqual(args);
    expect(report.env).toEqual(expect.arrayContaining(['SOMETHING=of the callers', 'XDG_RUNTIME_DIR=/x/y']));
    // Its stdio, the report, and what the shell has open of its own script.
    expect(report.fds.filter((each) => Number(each) > 2 && Number(each) < 10)).toEqual([]);
    expect(readFileSync(`${container.exitDir}/${container.id}`, 'utf8')).toBe('3');
  });

  it.each(SIGNALS)('comes by a %s for conmon, which is passed on', async (name, number) => {
    const container = new ConmonBench(runtime).container(
      `trap "exit ${100 + number}" ${name.slice(3)}; echo ready; while :; do sleep 0.02; done`,
    );
    await container.create();
    const client = container.attach();
    container.start();
    await client.sees('ready\n');
    process.kill(container.conmonPid, name);
    expect(await container.exitFile()).toBe(String(100 + number));
  });

  it('is told with 128 and the number of the signal that ended it', async () => {
    const container = new ConmonBench(runtime).container('sleep 1000');
    const pid = await container.createAndStart();
    process.kill(pid, 'SIGKILL');
    expect(await container.exitFile()).toBe('137');
  });

  it('waits for the exit delay before the exit command, not before the exit file', async () => {
    const container = new ConmonBench(runtime).container('exit 1');
    await container.createAndStart({ flags: ['--exit-delay', '1'] });
    expect(await container.exitFile()).toBe('1');
    await expect(contents(`${container.exitReport}.done`)).resolves.toBeTypeOf('string');
  });

  it('is not kept up by files that can not be written', async () => {
    const container = new ConmonBench(runtime).container('exit 12');
    await container.create();
    rmSync(container.persistDir, { recursive: true });
    container.start();
    expect(await container.exitFile()).toBe('12');
    await container.exitCommand();
  });

  it('does not wait for others that hold the output', async () => {
    const container = new ConmonBench(runtime).container('sleep 1000 & echo said; exit 5');
    await container.createAndStart();
    expect(await container.exitFile()).toBe('5');
    expect(readFileSync(container.log, 'utf8')).toMatch(/ stdout F said\n$/);
  });
});
