import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { Fault } from '../support/numbered-container.js';
import { contextOf } from '../support/process-context.js';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

/** Descriptors of a process that has become `sleep`, and where they lead. */
async function openIn(pid: number): Promise<Map<number, string>> {
  await until('it sleeps', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
  const directory = `/proc/${pid}/fd`;
  return new Map(readdirSync(directory).map((fd) => [Number(fd), readlinkSync(`${directory}/${fd}`)]));
}

/** Sets LISTEN_PID as systemd does, for the program that it becomes. */
const ACTIVATED = 'export LISTEN_PID=$$; exec "$@"';

/** A file, a pipe and a socket, closed after the test. */
function threeKinds(bench: Workbench): { fds: readonly [number, number, number]; peers: readonly number[] } {
  const path = join(bench.directory, 'file');
  writeFileSync(path, 'first\nsecond\n');
  const file = openSync(path, 'r');
  const [read, write] = native.pipe(false);
  const [inside, outside] = native.seqpacketPair();
  onTestFinished(() => [file, read, write, inside, outside].forEach((fd) => closeSync(fd)));
  return { fds: [file, read, inside], peers: [write, outside] };
}

/** Execa's types know of no descriptors by number beyond 2. */
const stdioWith = (...fds: number[]): Options['stdio'] =>
  ['ignore', 'pipe', 'pipe', ...fds] as unknown as Options['stdio'];

const nameOf = (kind: string, fd: number): string => `${kind}:[${fstatSync(fd).ino}]`;

function lines(output: unknown): string[] {
  return String(output).trim().split('\n');
}

describe.each(RUNTIMES)('descriptors handed on, with %s', (runtime) => {
  it('reach the container as the same numbers, and no other does', async () => {
    const bench = new Workbench({ runtime });
    const { fds, peers } = threeKinds(bench);
    const bundle = bench.script('b', 'read line <&3; echo "$line"; read line <&4; echo "$line"; exec sleep 1000');
    writeSync(peers[0] as number, 'through the pipe\n');
    const run = await bench.shimctl(['run', '-d', '--preserve-fds', '3', '-b', bundle, 'c1'], {
      stdio: stdioWith(...fds),
    });
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const open = await openIn((await bench.inspect('c1')).pid);
    expect([...open.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([open.get(4), open.get(5)]).toEqual([nameOf('pipe', fds[1]), nameOf('socket', fds[2])]);
    expect(lines(await bench.ok('logs', 'c1'))).toEqual(['first', 'through the pipe']);
    // The open file is the same one: what the container has read is read.
    const rest = Buffer.alloc(20);
    expect(rest.toString('utf8', 0, readSync(fds[0], rest, 0, 20, null))).toBe('second\n');
  });

  it('are kept by nobody but the container', async () => {
    const bench = new Workbench({ runtime });
    const [, read] = threeKinds(bench).fds;
    const bundle = bench.script('b', 'exec 3<&-; echo closed; while :; do sleep 1000 & wait $!; done');
    await bench.shimctl(['run', '-d', '--preserve-fds', '1', '-b', bundle, 'c1'], {
      stdio: stdioWith(read),
    });
    await until('the container has closed it', async () => (await bench.ok('logs', 'c1')) === 'closed');
    const { shim } = await bench.inspect('c1');
    const pipe = nameOf('pipe', read);
    for (const pid of [shim.pid, shim.keeperPid]) expect(contextOf(pid).files).not.toContain(pipe);
  });

  it('of socket activation come first, with their names, and only for the process that they are meant for', async () => {
    const bench = new Workbench({ runtime });
    const { fds } = threeKinds(bench);
    const bundle = bench.script('b', 'env | grep LISTEN_ | sort; exec sleep 1000');
    const command = ['run', '-d', '--preserve-fds', '1', '-b', bundle];
    const env = { LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:admin' };
    const stdio = stdioWith(...fds);
    const argv = ['-c', ACTIVATED, 'sh', SHIMCTL, '--config', bench.configFile, ...command, 'c1'];
    await execa('sh', argv, { env, stdio });
    const open = await openIn((await bench.inspect('c1')).pid);
    expect([...open.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(lines(await bench.ok('logs', 'c1'))).toEqual(['LISTEN_FDNAMES=http:admin', 'LISTEN_FDS=2', 'LISTEN_PID=1']);
    await bench.shimctl([...command, 'c2'], { env: { ...env, LISTEN_PID: '1' }, stdio });
    expect([...(await openIn((await bench.inspect('c2')).pid)).keys()]).toEqual([0, 1, 2, 3]);
    expect(await bench.ok('logs', 'c2')).toBe('');
  });

  it('reach an exec as well, whose pid is written to its pid file', async () => {
    const bench = new Workbench({ runtime });
    const { fds } = threeKinds(bench);
    const pidFile = join(bench.directory, 'exec.pid');
    await bench.ok('run', '-d', '-b', bench.script('b', 'exec sleep 1000'), 'c1');
    const args = ['exec', '-d', '--preserve-fds', '2', '--pid-file', pidFile, 'c1', '--', 'sleep', '1000'];
    const run = await bench.shimctl(args, { stdio: stdioWith(fds[0], fds[2]) });
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const open = await openIn(pid);
    expect([...open.keys()]).toEqual([0, 1, 2, 3, 4]);
    expect(open.get(4)).toBe(nameOf('socket', fds[2]));
    const nowhere = join(bench.directory, 'none', 'pid');
    const refused = await bench.shimctl(['exec', '--pid-file', nowhere, 'c1', '--', 'true']);
    expect([refused.exitCode, String(refused.stderr)]).toEqual([125, expect.stringContaining('SHIM_IO')]);
  });

  it("that were not open, or are Node's, are refused before anything is started", async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'echo ran');
    for (const [count, stdio] of [
      ['1', stdioWith()],
      ['3', stdioWith(openNull(), openNull())],
    ] as const) {
      const run = await bench.shimctl(['run', '--preserve-fds', count, '-b', bundle, 'c1'], { stdio });
      expect([run.exitCode, run.stdout]).toEqual([125, '']);
      expect(run.stderr).toContain(`shimctl was started without descriptor ${2 + Number(count)}`);
    }
    const many = await bench.shimctl(['run', '--preserve-fds', '14', '-b', bundle, 'c1']);
    expect(many.stderr).toContain('more than the 13');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it('are taken again when shimd is killed before it has created the container', async () => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, 'intent-recorded');
    const { fds, peers } = threeKinds(bench);
    writeSync(peers[0] as number, 'still there\n');
    const bundle = bench.script('b', 'read line <&3; echo "$line"');
    const run = await bench.shimctl(['run', '--preserve-fds', '1', '-b', bundle, 'c1'], {
      env: fault.env,
      stdio: stdioWith(fds[1]),
    });
    expect([run.exitCode, run.stdout, fault.happened]).toEqual([0, 'still there', true]);
  });
});

function openNull(): number {
  const fd = openSync('/dev/null', 'r');
  onTestFinished(() => closeSync(fd));
  return fd;
}
