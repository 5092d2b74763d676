import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AttachPeer } from '../../support/conmon/attach-peer.js';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import type { ConmonContainer } from '../../support/conmon/conmon-container.js';
import { ConmonExec } from '../../support/conmon/conmon-exec.js';
import { RUNTIMES, type RuntimeName } from '../../support/runtimes.js';

const NUMBER = expect.any(Number) as number;

async function running(runtime: RuntimeName): Promise<ConmonContainer> {
  const container = new ConmonBench(runtime).container('sleep 1000');
  await container.createAndStart();
  return container;
}

describe.each(RUNTIMES)('conmon that runs a process in a container (%s)', (runtime) => {
  it('tells its pid, and how it ended, in the protocol that it is asked for', async () => {
    const container = await running(runtime);
    const newer = new ConmonExec(container, ['sh', '-c', 'exit 9']);
    newer.call.begin();
    const [made, ended, ...more] = await newer.call.saysAll();
    expect([made, ended, more]).toEqual([{ data: NUMBER }, { data: 9 }, []]);
    expect(readFileSync(newer.pidFile, 'utf8')).toBe(String(made?.['data']));
    // By the container's id, not by the session's.
    expect(readdirSync(newer.exitDir)).toEqual([container.id]);
    expect(readFileSync(join(newer.exitDir, container.id), 'utf8')).toBe('9');
    expect(await newer.call.ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });

    const older = new ConmonExec(container, ['sh', '-c', 'kill -TERM $$'], { api: 0, log: join(container.place, 'x') });
    older.call.begin();
    expect(await older.call.saysAll()).toEqual([{ exit_code: 143 }]);
    expect(readFileSync(join(older.exitDir, container.id), 'utf8')).toBe('143');
  });

  it('waits for a client, and for a second byte, with --exec-attach', async () => {
    const container = await running(runtime);
    const exec = new ConmonExec(container, ['sh', '-c', 'echo ran > /out/ran; echo out; echo err >&2; cat; exit 3'], {
      ...{ attach: true, flags: ['-i'] },
    });
    exec.call.begin();
    expect((await exec.call.pipe('attach').next())?.toString()).toBe('{"data": 0}\n');
    const client = new AttachPeer(join(exec.bundle, 'attach'));
    client.type('said before\n');
    expect(existsSync(container.out('ran'))).toBe(false);
    expect(existsSync(exec.pidFile)).toBe(false);
    exec.call.begin();
    expect(await exec.call.says()).toEqual({ data: NUMBER });
    await client.sees('out\nsaid before\n', 'err\n');
    client.type('said later\n');
    client.endInput();
    expect(await client.all()).toEqual({ stdout: 'out\nsaid before\nsaid later\n', stderr: 'err\n' });
    expect(await exec.call.saysAll()).toEqual([{ data: 3 }]);
    expect(existsSync(join(exec.bundle, 'attach'))).toBe(false);
  });

  it.each([
    [0, 'exit_code'],
    [1, 'data'],
  ] as const)('tells why there is no such program, and writes no exit file (protocol %i)', async (api, name) => {
    const container = await running(runtime);
    const exec = new ConmonExec(container, ['/no/such/program'], { api });
    exec.call.begin();
    const message = expect.stringMatching(/no\/such\/program|No such file/) as string;
    expect(await exec.call.saysAll()).toEqual([{ [name]: -1, message }]);
    expect(readdirSync(exec.exitDir)).toEqual([]);
    await exec.call.ended;
  });

  it.each([
    [0, [{ exit_code: -1, message: 'command timed out' }]],
    [1, [{ data: NUMBER }, { data: -1, message: 'command timed out' }]],
  ] as const)('kills what takes too long, with its children (protocol %i)', async (api, said) => {
    const container = await running(runtime);
    const exec = new ConmonExec(container, ['sh', '-c', 'sleep 1000 & sleep 1000'], {
      ...{ api, flags: ['--sync', '-T', '1'] },
    });
    exec.call.begin();
    expect(await exec.call.saysAll()).toEqual(said);
    expect((await exec.call.ended).code).toBe(255);
    expect(readFileSync(join(exec.exitDir, container.id), 'utf8')).toBe('-1');
  });

  it('logs what it is asked to, with a pid file that is there already, as ExecSync of CRI-O has it', async () => {
    const container = await running(runtime);
    const log = join(container.place, 'exec.log');
    const exec = new ConmonExec(container, ['sh', '-c', 'echo out; echo err >&2; printf rest'], {
      ...{ api: 0, log, flags: ['--sync', '-T', '60'] },
    });
    exec.call.begin();
    expect(await exec.call.saysAll()).toEqual([{ exit_code: 0 }]);
    expect((await exec.call.ended).code).toBe(0);
    const records = readFileSync(log, 'utf8')
      .replace(/^\d{4}-\S{20,} /gm, '')
      .split('\n')
      .sort();
    expect(records).toEqual(['', 'stderr F err', 'stdout F out', 'stdout P rest']);
  });

  it('runs many at once', async () => {
    const container = await running(runtime);
    const execs = Array.from({ length: 8 }, (_, i) => new ConmonExec(container, ['sh', '-c', `exit ${i}`]));
    for (const exec of execs) exec.call.begin();
    const codes = await Promise.all(execs.map(async (exec) => (await exec.call.saysAll()).at(-1)?.['data']));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('has a terminal of its own, that can be resized', async () => {
    const container = await running(runtime);
    const sees = (size: string): string => `until stty size 2>/dev/null | grep "^${size}"; do sleep 0.02; done`;
    const script = `${sees('33 101')}; ${sees('44 99')}; exit 4`;
    const exec = new ConmonExec(container, ['sh', '-c', script], { attach: true, terminal: true });
    exec.call.begin();
    await exec.call.pipe('attach').next();
    const client = new AttachPeer(join(exec.bundle, 'attach'));
    // Before there is a terminal, as podman does.
    container.control('1 33 101\n', exec.bundle);
    exec.call.begin();
    await exec.call.says();
    await client.sees('33 101\r\n');
    container.control('1 44 99\n', exec.bundle);
    await client.sees('44 99\r\n');
    expect(await exec.call.saysAll()).toEqual([{ data: 4 }]);
    expect((await client.all()).stderr).toBe('');
  });
});
