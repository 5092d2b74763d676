import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IMAGE, Podman, PODMAN_IS_MISSING } from '../../support/conmon/podman.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { killShimd } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const WHY = PODMAN_IS_MISSING ? ' (skipped: podman is not installed)' : '';
const COUNTING = 'trap "exit 4" TERM; i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done';

function numbers(text: string): number[] {
  return (text.match(/^line \d+$/gm) ?? []).map((line) => Number(line.slice(5)));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.skipIf(PODMAN_IS_MISSING)(`podman${WHY}`, () => {
  it.each(RUNTIMES)('runs containers in the foreground and tells how they end (%s)', async (runtime) => {
    const podman = await Podman.start(runtime);
    const run = (...args: string[]) => podman.call('run', '--rm', IMAGE, ...args);
    expect(await run('sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect((await run('sh', '-c', 'kill -9 $$')).code).toBe(0);
    expect((await run('/no/such/program')).code).toBe(127);
    expect((await run('/etc')).code).toBe(126);
    const much = await run('seq', '1', '50000');
    expect(much.stdout).toBe(Array.from({ length: 50_000 }, (_, i) => `${i + 1}\n`).join(''));
    expect(await podman.callWith('one\ntwo\n', 'run', '-i', '--rm', IMAGE, 'cat')).toEqual({
      ...{ code: 0, stdout: 'one\ntwo\n', stderr: '' },
    });
    expect(await podman.ok('ps', '--all', '--quiet')).toBe('');
  });

  it('runs containers in the background: logs, exec, attach, stop, kill, pause, restart', async () => {
    const podman = await Podman.start();
    await podman.ok('run', '-d', '--name', 'c', IMAGE, 'sh', '-c', COUNTING);
    const conmon = Number(await podman.inspect('c', '{{.State.ConmonPid}}'));
    expect(readFileSync(`/proc/${conmon}/cmdline`, 'utf8').split('\0', 1)[0]).toMatch(/\/holdfast-conmon$/);

    expect(await podman.call('exec', 'c', 'sh', '-c', 'echo out; echo err >&2; exit 9')).toEqual({
      ...{ code: 9, stdout: 'out\n', stderr: 'err\n' },
    });
    expect(await podman.callWith('input', 'exec', '-i', 'c', 'cat')).toMatchObject({ code: 0, stdout: 'input' });
    expect((await podman.call('exec', 'c', '/no/such/program')).code).toBe(127);
    await podman.ok('exec', '-d', 'c', 'sh', '-c', 'echo done > /tmp/done');
    await until('it has run', async () => (await podman.call('exec', 'c', 'grep', 'done', '/tmp/done')).code === 0);

    const attached = podman.spawn(['attach', '--sig-proxy=false', 'c']);
    const follows = podman.spawn(['logs', '-f', 'c']);
    for (const { stdout } of [attached, follows]) await once(stdout as NodeJS.ReadableStream, 'data');
    await podman.ok('pause', 'c');
    expect(await podman.inspect('c', '{{.State.Status}}')).toBe('paused');
    await podman.ok('unpause', 'c');
    expect(await podman.ok('top', 'c', 'pid', 'args')).toMatch(/\b1 +sh -c/);
    expect(await podman.ok('stats', '--no-stream', '--format', '{{.Name}}', 'c')).toBe('c');
    await podman.ok('stop', '--time', '10', 'c');
    expect(await podman.inspect('c', '{{.State.Status}} {{.State.ExitCode}}')).toBe('exited 4');

    const logged = numbers(await podman.ok('logs', 'c'));
    expect(logged).toEqual(upTo(logged.length));
    // It may leave before it has read all there is.
    const followed = numbers(String((await follows).stdout));
    expect(followed).toEqual(logged.slice(0, followed.length));
    const seen = numbers(String((await attached).stdout));
    expect(seen).toEqual(logged.slice(-seen.length));
    expect(numbers(await podman.ok('logs', '--tail', '2', 'c'))).toEqual(logged.slice(-2));

    await podman.ok('restart', 'c');
    await podman.ok('restart', '--time', '0', 'c');
    await podman.ok('kill', 'c');
    expect(await podman.ok('wait', 'c')).toBe('137');
    await podman.ok('rm', 'c');
  });

  it('has terminals, of containers and of execs', async () => {
    const podman = await Podman.start();
    const size = { rows: 33, columns: 101 };
    const looks = 'until stty size 2>/dev/null | grep "^33 101"; do sleep 0.05; done';
    const run = await podman.terminal(
      ['run', '-it', '--rm', '--name', 't', IMAGE, 'sh', '-c', `${looks}; read x; echo "got $x"; exit 5`],
      size,
    );
    await run.sees('33 101');
    const exec = await podman.terminal(['exec', '-it', 't', 'sh', '-c', `${looks}; exit 6`], size);
    await exec.sees('33 101');
    expect(await exec.ended).toBe(6);
    run.type('typed\r');
    await run.sees('got typed');
    expect(await run.ended).toBe(5);
  });

  it('keeps what it was given: health checks, descriptors, log sizes, time limits, no log', async () => {
    const podman = await Podman.start();
    const health = ['--health-cmd', 'test -e /tmp/healthy', '--health-interval', 'disable'];
    await podman.ok('run', '-d', '--name', 'h', ...health, IMAGE, 'sleep', '1000');
    expect((await podman.call('healthcheck', 'run', 'h')).code).not.toBe(0);
    await podman.ok('exec', 'h', 'touch', '/tmp/healthy');
    await podman.ok('healthcheck', 'run', 'h');

    const preserved = podman.spawn(['run', '--rm', '--preserve-fds', '1', IMAGE, 'sh', '-c', 'echo passed >&3'], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    expect(result3(await preserved)).toEqual([0, 'passed\n']);
    expect((await podman.call('run', '--rm', '--timeout', '1', IMAGE, 'sleep', '1000')).code).not.toBe(0);
    expect(await podman.call('run', '--rm', '--log-driver', 'none', IMAGE, 'echo', 'said')).toMatchObject({
      ...{ code: 0, stdout: 'said\n' },
    });
  });

  it('has pods, and many containers at once', async () => {
    const podman = await Podman.start();
    await podman.ok('pod', 'create', '--infra=false', '--name', 'pod');
    for (const name of ['a', 'b'])
      await podman.ok('create', '--pod', 'pod', '--name', name, IMAGE, 'sh', '-c', COUNTING);
    await podman.ok('pod', 'start', 'pod');
    expect((await podman.call('exec', 'b', 'sh', '-c', 'exit 3')).code).toBe(3);
    await podman.ok('pod', 'stop', 'pod');
    expect(await podman.inspect('a', '{{.State.ExitCode}}')).toBe('4');
    await podman.ok('pod', 'rm', 'pod');

    const runs = upTo(10).map((i) => podman.call('run', '--rm', IMAGE, 'sh', '-c', `echo ${i}; exit ${i}`));
    expect((await Promise.all(runs)).map(({ code, stdout }) => [code, stdout])).toEqual(
      upTo(10).map((i) => [i, `${i}\n`]),
    );
  });

  it('does not notice that shimd is killed: foreground, background, exec', async () => {
    const podman = await Podman.start();
    await podman.ok('run', '-d', '--name', 'back', IMAGE, 'sh', '-c', COUNTING);
    const script = 'i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); sleep 0.02; done; exit 8';
    const front = podman.spawn(['run', '--rm', '--name', 'front', IMAGE, 'sh', '-c', script]);
    await until('it runs', async () => (await podman.call('exec', 'front', 'true')).code === 0);
    const exec = podman.spawn(['exec', 'back', 'sh', '-c', 'sleep 2; echo out; exit 6']);
    await until('the exec runs', async () => (await podman.ok('top', 'back', 'args')).includes('sleep 2'));
    const keeper = await podman.keeper();
    await killShimd(keeper);
    expect((await podman.call('exec', 'back', 'sh', '-c', 'exit 2')).code).toBe(2);
    await killShimd(keeper);
    const ended = await front;
    expect([ended.exitCode, ended.stderr]).toEqual([8, '']);
    const lines = numbers(String(ended.stdout));
    expect([...new Set(lines)]).toEqual(upTo(200));
    const executed = await exec;
    expect([executed.exitCode, executed.stdout]).toEqual([6, 'out\n']);
    await podman.ok('stop', 'back');
    expect(await podman.inspect('back', '{{.State.ExitCode}}')).toBe('4');
    const logged = numbers(await podman.ok('logs', 'back'));
    expect([...new Set(logged)]).toEqual(upTo(Math.max(...logged) + 1));
  });
});

function result3({ exitCode, stdio }: { exitCode?: number | undefined; stdio: readonly unknown[] }): unknown[] {
  return [exitCode, stdio[3]];
}
