import { execFileSync } from 'node:child_process';
import { closeSync, readFileSync, readlinkSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { contents } from '../../support/conmon/conmon-container.js';
import { ConmonExec } from '../../support/conmon/conmon-exec.js';
import { Packets } from '../../support/conmon/packets.js';
import { WAIT_FOR_GO } from '../../support/numbered-lines.js';
import { killShimd } from '../../support/shim-processes.js';

describe('descriptors that conmon was started with', () => {
  it('are closed once a container is made, while it lives', async () => {
    const container = new ConmonBench('runc').container(`${WAIT_FOR_GO}; exit 4`);
    const [ours, its] = native.seqpacketPair();
    await container.createAndStart({ preserved: [its] });
    closeSync(its);
    const inherited = new Packets(ours);
    expect(await inherited.rest()).toEqual([]);
    expect(await container.calls[0]!.says()).toBeUndefined();
    container.go();
    expect(await container.exitFile()).toBe('4');
  });

  it('are passed on to a container that is to have them', async () => {
    const container = new ConmonBench('runc').container('echo from the container >&3');
    const [ours, its] = native.seqpacketPair();
    const flags = ['--runtime-opt', '--preserve-fds', '--runtime-opt', '1'];
    await container.createAndStart({ preserved: [its], flags });
    closeSync(its);
    expect(Buffer.concat(await new Packets(ours).rest()).toString()).toBe('from the container\n');
    expect(await container.exitFile()).toBe('0');
  });

  it('are closed before an exec session is told of by files, but for the one that its code is told by', async () => {
    const container = new ConmonBench('runc').container(WAIT_FOR_GO);
    await container.createAndStart();
    const wait = join(container.place, 'wait');
    writeFileSync(wait, `#!/bin/sh\nwhile [ ! -e ${container.place}/on ]; do sleep 0.02; done\n`, { mode: 0o755 });
    const exec = new ConmonExec(container, ['sh', '-c', 'exit 5'], { attach: true, flags: ['--exit-command', wait] });
    exec.call.begin();
    await exec.call.pipe('attach').next();
    exec.call.begin();
    expect(await exec.call.pipe('attach').rest()).toEqual([]);
    // It ends while the exit command still runs.
    expect((await exec.call.saysAll()).map(({ data }) => data)).toEqual([expect.any(Number), 5]);
    expect(await contents(join(exec.exitDir, container.id))).toBe('5');
    writeFileSync(join(container.place, 'on'), '');
    container.go();
  });

  it('stay closed when another shimd comes', async () => {
    const bench = new ConmonBench('runc');
    const container = bench.container(`${WAIT_FOR_GO}; exit 6`);
    await container.createAndStart();
    expect(await container.calls[0]!.says()).toBeUndefined();
    const before = open(container.conmonPid);
    await killShimd(await bench.keeper());
    container.go();
    expect(await container.exitFile()).toBe('6');
    expect(before.filter((each) => each.startsWith('socket:'))).toHaveLength(1);
  });
});

describe('what stands for conmon', () => {
  it('is not what the kernel kills when memory runs out', async () => {
    const container = new ConmonBench('runc').container(WAIT_FOR_GO);
    const pid = await container.createAndStart();
    const score = (of: number): string => readFileSync(`/proc/${of}/oom_score_adj`, 'utf8').trim();
    expect([score(container.conmonPid), score(pid)]).toEqual([lowestScore(), '0']);
    container.go();
  });
});

/** Not everybody may ask for it. */
function lowestScore(): string {
  const script = 'echo -1000 > /proc/$$/oom_score_adj; cat /proc/$$/oom_score_adj';
  return execFileSync('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}

function open(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
}
