import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';

const SHELL = ['sh', '-i'];
const PROMPT = ['--env', 'PS1=ready> '];

describe.skipIf(SKIP).each(RUNTIMES)(`a terminal on %s${WHY}`, (runtime) => {
  it('of a container has the size of ours, takes a new one, keys and the exit code, and leaves nothing', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    const person = await ctr.terminal(ctr.runArgs('c1', SHELL, ['--rm', '--tty', ...PROMPT]), {
      rows: 31,
      columns: 97,
    });
    await person.sees('ready> ');
    // ctr sets the size once the program runs.
    person.type('while ! stty size | grep "31 97"; do :; done\n');
    await person.sees(/\n31 97\r+\n/);
    await person.sees('ready> ');
    person.resize(40, 120);
    person.type('while ! stty size | grep "40 120"; do :; done\n');
    await person.sees(/\n40 120\r+\n/);
    await person.sees('ready> ');
    person.type('sh -c "echo goes; exec sleep 1000"\n');
    await person.sees(/\ngoes\r+\n/);
    person.type('\x03');
    await person.sees('ready> ');
    person.type('exit 7\n');
    expect(await person.ended).toBe(7);
    await expectNothingMore(containerd);
  });

  it('of an exec beside one of the container', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const command = ['env', 'PS1=ready> ', ...SHELL];
    const person = await ctr.terminal(ctr.execArgs('c1', command, { flags: ['--tty'] }), { rows: 31, columns: 97 });
    await person.sees('ready> ');
    person.type('while ! stty size | grep "31 97"; do :; done\n');
    await person.sees(/\n31 97\r+\n/);
    person.type('exit 7\n');
    expect(await person.ended).toBe(7);
    expect(await ctr.task('c1')).toMatchObject({ status: 'RUNNING' });
  });
});
