import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

describe.each(RUNTIMES)('the lifecycle on real %s', (runtime) => {
  it('run relays both streams and exits with the code of the container', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'echo out; echo err >&2; exit 7');
    const { exitCode, stdout, stderr } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: 'out', stderr: 'err' });
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 7, signal: null, pid: 0 });
  });

  it('create, start, kill, wait and delete go through the states of the specification', async () => {
    const bench = new Workbench({ runtime });
    const pidFile = join(bench.directory, 'pid');
    await bench.ok('create', '-b', bench.script('b', 'sleep 1000'), '--pid-file', pidFile, 'c1');
    const created = await bench.inspect('c1');
    expect(created).toMatchObject({
      status: 'created',
      startedAt: null,
      namespace: 'default',
      runtime: { name: runtime },
    });
    expect(Number(readFileSync(pidFile, 'utf8'))).toBe(created.pid);
    await bench.ok('start', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running', pid: created.pid });
    await bench.ok('kill', 'c1', 'KILL');
    expect(await bench.ok('wait', 'c1')).toBe('137');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 137, signal: 'SIGKILL' });
    await bench.ok('delete', 'c1');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it('stop sends TERM and lets the program end by itself, KILL only when it does not', async () => {
    const bench = new Workbench({ runtime });
    const polite = bench.script('polite', 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done');
    const deaf = bench.script('deaf', 'trap "" TERM; echo ready; while :; do sleep 0.1; done');
    await bench.ok('run', '-d', '-b', polite, 'polite');
    await bench.ok('run', '-d', '-b', deaf, 'deaf');
    await bench.ok('stop', 'polite');
    await bench.ok('stop', '-t', '0', 'deaf');
    expect((await bench.ok('wait', 'polite', 'deaf')).split('\n')).toEqual(['5', '137']);
  });

  it('run --rm leaves nothing, and equal ids in two namespaces do not meet', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'sleep 1000');
    await bench.ok('run', '-d', '-b', bundle, 'same');
    await bench.ok('--namespace', 'other', 'run', '-d', '-b', bundle, 'same');
    expect((await bench.shimctl(['run', '--rm', '-b', bench.script('b2', 'exit 3'), 'gone'])).exitCode).toBe(3);
    await bench.ok('--namespace', 'other', 'delete', '--force', 'same');
    const list = JSON.parse(await bench.ok('list', '--json')) as { id: string; status: string }[];
    expect(list.map(({ id, status }) => [id, status])).toEqual([['same', 'running']]);
  });
});
