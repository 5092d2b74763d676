import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { censusOf, expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { until } from '../../support/until.js';

const RUNTIME = { runtime: HOLDFAST };
const HUNDRED_MEGABYTES = 100 << 20;

describe.skipIf(SKIP)(`stdio under containerd${WHY}`, () => {
  it('brings 100 MB of output without a byte changed', async () => {
    const { ctr } = await Containerd.start(RUNTIME);
    const block = 'sh -c "yes 0123456789abcdefghijklmnopqrstuvwxyz | head -c';
    const { code, bytes } = await ctr.run('c1', ['sh', '-c', `${block} ${HUNDRED_MEGABYTES}"`], { flags: ['--rm'] });
    const line = '0123456789abcdefghijklmnopqrstuvwxyz\n';
    const wanted = Buffer.alloc(HUNDRED_MEGABYTES, line);
    expect({ code, length: bytes.length }).toEqual({ code: 0, length: wanted.length });
    const sum = (buffer: Buffer): string => createHash('sha256').update(buffer).digest('hex');
    expect(sum(bytes)).toBe(sum(wanted));
  });

  it('does not hold up anybody else when a client is killed with output pending', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr, directory } = containerd;
    const before = censusOf(containerd);
    const client = ctr.spawn(ctr.runArgs('c1', ['yes', 'pending']), { stdin: 'ignore' });
    await once(client.stdout, 'data');
    client.kill('SIGKILL');
    await client;
    expect(await ctr.exec('c1', ['sh', '-c', 'echo here; exit 3'])).toMatchObject({ code: 3, stdout: 'here\n' });
    await ctr.ok('task', 'kill', '--signal', 'KILL', 'c1');
    expect((await ctr.call(['task', 'attach', 'c1'])).code).toBe(137);
    await ctr.call(['task', 'rm', 'c1']);
    await ctr.ok('containers', 'rm', 'c1');
    // Those that the client had made.
    rmSync(join(directory, 'f'), { recursive: true });
    await expectNothingMore(containerd, before);
  });

  it('gives a log program both streams, its variables and arguments', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr, directory } = containerd;
    const program = join(directory, 'logger.sh');
    const out = join(directory, 'logged');
    writeFileSync(
      program,
      `#!/bin/sh
echo "$CONTAINER_NAMESPACE/$CONTAINER_ID $*" > ${out}.facts
cat <&3 5>&- > ${out}.stdout &
cat <&4 5>&- > ${out}.stderr &
exec 5>&-
wait
touch ${out}.done
`,
    );
    chmodSync(program, 0o755);
    await ctr.detached('c1', ['sh', '-c', 'echo to out; echo to err >&2'], ['--log-uri', `binary://${program}?tag=x`]);
    await until('it has ended', () => existsSync(`${out}.done`));
    expect(readFileSync(`${out}.facts`, 'utf8')).toBe(`${containerd.namespace}/c1 tag x\n`);
    expect(readFileSync(`${out}.stdout`, 'utf8')).toBe('to out\n');
    expect(readFileSync(`${out}.stderr`, 'utf8')).toBe('to err\n');
  });

  it("gives a config's log drivers what containerd gets", async () => {
    const containerd = await Containerd.start({ ...RUNTIME, holdfast: { logs: [{ driver: 'file' }] } });
    const { ctr } = containerd;
    const talking = ['sh', '-c', 'echo one; echo two >&2; exec sleep 1000'];
    // It goes with its container.
    await ctr.detached('c1', talking);
    const log = (): string => logOf(containerd, 'c1');
    await until('it is logged', () => log().includes('two'));
    expect(log()).toMatch(/ stdout F one\n/);
    expect(log()).toMatch(/ stderr F two\n/);
    const { stdout, stderr } = await ctr.run('c2', ['sh', '-c', 'echo one; echo two >&2'], { flags: ['--rm'] });
    expect([stdout, stderr]).toEqual(['one\n', 'two\n']);
  });

  it('is not held up by a program that leaves a child with its output', async () => {
    const { ctr } = await Containerd.start({ ...RUNTIME, holdfast: { limits: { drainTimeout: '300ms' } } });
    await ctr.detached('c1', ['sleep', '1000']);
    const { code, stdout } = await ctr.exec('c1', [
      'sh',
      '-c',
      '(sleep 0.1; echo late; sleep 1000) & echo early; exit 4',
    ]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: 'early\nlate\n' });
  });
});

/** The one log of that name below the log root. */
function logOf({ directory, namespace }: Containerd, id: string): string {
  const prefix = join(directory, 'l');
  for (const name of namespacesBelow(prefix)) {
    const path = join(prefix, name, id, 'container.log');
    if (name.includes(namespace) && existsSync(path)) return readFileSync(path, 'utf8');
  }
  return '';
}

function namespacesBelow(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
