import { closeSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { VARIANTS } from '../support/binaries.js';
import { useKeepers } from '../support/use-keepers.js';
import { outputOf } from '../support/output-of.js';

const { errno } = constants;

describe.each(VARIANTS)('spawn (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('answers with the pid and the start time of /proc', async () => {
    const client = await keepers.ready();
    const { pid, startTime } = await client.spawn({ argv: ['sleep', '100'] });
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    expect(startTime).toBe(BigInt(fields[19] ?? 'no field 22'));
    process.kill(pid, 'SIGKILL');
    expect(await client.exitOf(pid)).toMatchObject({ pid, startTime, status: constants.signals.SIGKILL });
  });

  it('puts every descriptor on its target, even where targets and sources cross', async () => {
    const client = await keepers.ready();
    const [first, second] = [native.pipe(false), native.pipe(false)];
    writeSync(first[1], 'from the first\n');
    writeSync(second[1], 'from the second\n');
    closeSync(first[1]);
    closeSync(second[1]);
    const script = 'cat <&7; cat <&3; cat <&0';
    const output = await outputOf(client, {
      argv: ['sh', '-c', script],
      fds: [
        [first[0], 7],
        [second[0], 3],
      ],
    });
    expect(output).toBe('from the first\nfrom the second\n');
    closeSync(first[0]);
    closeSync(second[0]);
  });

  it('gives nothing but the named descriptors, and /dev/null for standard ones that are not named', async () => {
    const client = await keepers.ready();
    const output = await outputOf(client, { argv: ['readlink', '/proc/self/fd/0', '/proc/self/fd/2'] });
    expect(output).toBe('/dev/null\n/dev/null\n');
    // ls itself opens the directory as 3.
    expect(await outputOf(client, { argv: ['ls', '/proc/self/fd'] })).toBe('0\n1\n2\n3\n');
  });

  it('runs the program in a session of its own with umask 022, default signals and an ordinary OOM score', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['sleep', '100'], cwd: '/usr' });
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Umask:\t0022$/m);
    expect(status).toMatch(/^SigBlk:\t0{16}$/m);
    expect(status).toMatch(/^SigIgn:\t0{16}$/m);
    expect(status).toMatch(/^NSsid:\t(\d+)$/m);
    expect(/^NSsid:\t(\d+)$/m.exec(status)?.[1]).toBe(String(pid));
    expect(Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))).toBe(0);
    process.kill(pid, 'SIGTERM');
    expect((await client.exitOf(pid)).status).toBe(constants.signals.SIGTERM);
  });

  it('passes exactly the environment and the directory of the request', async () => {
    const client = await keepers.ready();
    const env = ['PATH=/bin:/usr/bin', 'A=1', 'B=zwei drei'];
    expect(await outputOf(client, { argv: ['env'], env })).toBe(`${env.join('\n')}\n`);
    expect(await outputOf(client, { argv: ['pwd'], cwd: '/usr' })).toBe('/usr\n');
  });

  it('looks a name up in the PATH of the request and not in its own', async () => {
    const client = await keepers.ready();
    const missing = client.spawn({ argv: ['sleep', '0'], env: ['PATH=/nowhere'] });
    await expect(missing).rejects.toMatchObject({ errno: errno.ENOENT, where: 'exec' });
  });

  it.each([
    ['a program that is missing', { argv: ['/no/such/program'] }, { errno: errno.ENOENT, where: 'exec' }],
    ['a program that is a directory', { argv: ['/usr'] }, { errno: errno.EACCES, where: 'exec' }],
    [
      'a program without an interpreter, which no shell may run',
      { argv: ['/etc/passwd'] },
      { errno: errno.EACCES, where: 'exec' },
    ],
    ['a directory that is missing', { argv: ['true'], cwd: '/no/such' }, { errno: errno.ENOENT, where: 'chdir' }],
  ])('tells the step and errno of %s, and no exit follows', async (_name, request, expected) => {
    const client = await keepers.ready();
    await expect(client.spawn(request)).rejects.toMatchObject(expected);
    // The next exit is that of a later program.
    const { pid } = await client.spawn({ argv: ['true'], tag: 'later' });
    expect(await client.anyExit()).toMatchObject({ pid, tag: 'later', status: 0 });
    expect(keepers.current().log).not.toContain('exited with 127');
  });

  it('reports SPAWNED before EXITED for programs that end at once', async () => {
    const client = await keepers.ready();
    const pids = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const { pid } = await client.spawn({ argv: ['true'], tag: `t${index}` });
        expect(await client.exitOf(pid)).toMatchObject({ status: 0, tag: `t${index}` });
        return pid;
      }),
    );
    expect(new Set(pids).size).toBe(50);
  });
});
