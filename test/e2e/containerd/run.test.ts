import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';

const MEGABYTE = 1 << 20;

describe.skipIf(SKIP).each(RUNTIMES)(`ctr run on %s${WHY}`, (runtime) => {
  it('relays both streams, exits with the code of the command and leaves nothing', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    const script = 'echo out; echo err >&2; exit 7';
    const result = await ctr.run('c1', ['sh', '-c', script], { flags: ['--rm'] });
    expect(result).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(await ctr.tasks()).toEqual([]);
    await expectNothingMore(containerd);
  });

  it('exits with 128 and the number of the signal that ended the command', async () => {
    const { ctr } = await Containerd.start({ runtime });
    // The first process of a pid namespace gets those signals alone that it handles, and KILL.
    const client = ctr.spawn(ctr.runArgs('c1', ['sh', '-c', 'echo ready; exec sleep 1000'], ['--rm']), {
      stdin: 'ignore',
    });
    client.stdout.once('data', () => void ctr.call(['task', 'kill', '--signal', 'KILL', 'c1']));
    expect((await client).exitCode).toBe(137);
    expect(await ctr.tasks()).toEqual([]);
  });

  it('brings a megabyte of output, and of input, without a byte changed', async () => {
    const { ctr } = await Containerd.start({ runtime });
    const input = randomBytes(MEGABYTE);
    const { code, bytes } = await ctr.run('c1', ['cat'], { flags: ['--rm'], input });
    expect(code).toBe(0);
    expect(digest(bytes)).toBe(digest(input));
  });
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
