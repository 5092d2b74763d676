import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { censusOf, expectNothingMore } from '../../support/containerd/census.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';

const MEGABYTE = 1 << 20;

describe.skipIf(SKIP).each(RUNTIMES)(`ctr task exec on %s${WHY}`, (runtime) => {
  it('relays both streams and the exit code, and leaves the container as it was', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    await ctr.detached('c1', ['sleep', '1000']);
    const before = censusOf(containerd);
    const result = await ctr.exec('c1', ['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(result).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(await ctr.task('c1')).toMatchObject({ status: 'RUNNING' });
    await expectNothingMore(containerd, before);
  });

  it('brings a megabyte in and out without a byte changed, and the end of the input', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const input = randomBytes(MEGABYTE);
    const { code, bytes } = await ctr.exec('c1', ['cat'], { input });
    expect(code).toBe(0);
    expect(bytes.equals(input)).toBe(true);
  });

  it('runs many at once, each with its own streams and exit code', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const numbers = [...Array(10).keys()];
    const results = await Promise.all(
      numbers.map((i) => ctr.exec('c1', ['sh', '-c', `read line; echo "$line ${i}"; exit ${i}`], { input: 'in\n' })),
    );
    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(numbers.map((i) => [i, `in ${i}\n`]));
  });

  it('runs as another user in another directory', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const flags = ['--user', '33:33', '--cwd', '/tmp'];
    const { stdout } = await ctr.exec('c1', ['sh', '-c', 'id -un; pwd'], { flags });
    expect(stdout).toBe('www-data\n/tmp\n');
  });

  it('refuses an exec id that is in use, and leaves the first one running', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const first = ctr.spawn(ctr.execArgs('c1', ['sh', '-c', 'echo ready; cat'], { execId: 'same' }), { stdin: 'pipe' });
    for await (const chunk of first.stdout) if (String(chunk).includes('ready')) break;
    const second = await ctr.exec('c1', ['true'], { execId: 'same' });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/already exists/);
    first.stdin?.end();
    expect((await first).exitCode).toBe(0);
  });
});
