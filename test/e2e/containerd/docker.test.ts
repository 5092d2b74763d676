import { describe, expect, it } from 'vitest';
import { killShimdOfTasks } from '../../support/containerd/shim.js';
import { Docker, DOCKER_IS_MISSING, IMAGE } from '../../support/docker.js';
import { until } from '../../support/until.js';

const WHY = DOCKER_IS_MISSING ? ' (skipped: docker.io is not installed)' : '';
/** Prints numbered lines until it is asked to end, with 3. */
const COUNTING = 'trap "exit 3" TERM; i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done';

describe.skipIf(DOCKER_IS_MISSING)(`docker${WHY}`, () => {
  it('runs, execs, stops and logs; neither the death of dockerd nor that of shimd is noticed', async () => {
    const docker = await Docker.start();
    const { code, stdout, stderr } = await docker.call(
      ...docker.runArgs('--rm', IMAGE, 'sh', '-c', 'echo out; echo err >&2; exit 7'),
    );
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out', stderr: 'err' });
    expect((await docker.call(...docker.runArgs('--rm', IMAGE, 'no-such-program'))).code).toBe(127);

    expect((await docker.call(...docker.runArgs('-d', '--name', 'counts', IMAGE, 'sh', '-c', COUNTING))).code).toBe(0);
    const waits = 'while ! test -e /go; do sleep 0.05; done; exit 5';
    expect((await docker.call(...docker.runArgs('-d', '--name', 'ends', IMAGE, 'sh', '-c', waits))).code).toBe(0);
    expect((await docker.call('exec', 'counts', 'sh', '-c', 'exit 9')).code).toBe(9);
    expect(await docker.callWith('input\n', 'exec', '-i', 'counts', 'cat')).toMatchObject({ code: 0, stdout: 'input' });
    // Of an exec docker tells the size only after its start; until then it has none.
    const looks = 'until stty size 2>/dev/null | grep .; do sleep 0.05; done; exit 4';
    const size = { rows: 33, columns: 101 };
    const person = await docker.terminal(['exec', '-it', 'counts', 'sh', '-c', looks], size);
    await person.sees('33 101');
    expect(await person.ended).toBe(4);

    const ends = await docker.idOf('ends');
    const { ctr } = docker.containerd;
    await docker.killDaemon();
    await ctr.ok('task', 'exec', '--exec-id', 'go', ends, 'touch', '/go');
    await until('it has ended', async () => (await ctr.task(ends))?.status === 'STOPPED');
    await docker.startDaemon();
    expect((await docker.call('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'ends')).stdout).toBe(
      'exited 5',
    );
    expect((await docker.call('exec', 'counts', 'true')).code).toBe(0);

    await killShimdOfTasks(docker.containerd);
    expect((await docker.call('exec', 'counts', 'true')).code).toBe(0);
    expect((await docker.call('stop', 'counts')).code).toBe(0);
    expect((await docker.call('inspect', '-f', '{{.State.ExitCode}}', 'counts')).stdout).toBe('3');
    const lines = (await docker.call('logs', 'counts')).stdout.split('\n');
    expect(lines).toEqual(lines.map((_, i) => `line ${i + 1}`));
    const now = String(Date.now() / 1_000);
    const events = await docker.call('events', '--since', '0', '--until', now, '--filter', 'event=die');
    expect(events.stdout).toMatch(/ container die .*exitCode=3/);
  });
});
