import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ForeignProcesses, signalProcess } from '../../src/reaper/foreign-processes.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { bootId, readProcess, type ProcessIdentity } from '../../src/reaper/process-identity.js';

function foreignProcesses(): ForeignProcesses {
  const foreign = new ForeignProcesses();
  onTestFinished(() => foreign.close());
  return foreign;
}

/** A process that is another's child and not ours to wait for: `sh` reaps it. */
async function strangerRunning(script: string): Promise<{ identity: ProcessIdentity; end: () => void }> {
  const parent = spawn('sh', ['-c', `sh -c 'echo $$; read x; ${script}' <&3 & wait $!`], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const ended = once(parent, 'exit');
  const gate = parent.stdio[3] as NodeJS.WritableStream;
  onTestFinished(async () => {
    gate.end();
    await ended;
  });
  const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const { startTime } = readProcess(pid) as { startTime: bigint };
  return { identity: { pid, startTime, bootId: bootId() }, end: () => gate.write('\n') };
}

test.each([
  ['exit 37', { kind: 'exited', code: 37 }],
  ['kill -9 $$', { kind: 'signaled', signal: 9 }],
])('the end by "%s" of a process that somebody else reaps is known', async (script, status) => {
  const { identity, end } = await strangerRunning(script);
  const exit = foreignProcesses().exitOf(identity);
  end();
  expect((await exit).status).toEqual(status);
});

test.each([
  ['exit 37', { kind: 'exited', code: 37 }],
  ['kill -9 $$', { kind: 'signaled', signal: 9 }],
])('the end by "%s" of a process that nobody reaps is known', async (script, status) => {
  const parent = spawn('sh', ['-c', `sh -c 'echo $$; read x; ${script}' <&3 & exec sleep 600`], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const ended = once(parent, 'exit');
  onTestFinished(async () => {
    parent.kill('SIGKILL');
    await ended;
  });
  const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const { startTime } = readProcess(pid) as { startTime: bigint };
  const exit = foreignProcesses().exitOf({ pid, startTime, bootId: bootId() });
  (parent.stdio[3] as NodeJS.WritableStream).write('\n');
  expect((await exit).status).toEqual(status);
});

test('many ends are told apart', async () => {
  const foreign = foreignProcesses();
  const strangers = await Promise.all([1, 2, 3, 4].map((code) => strangerRunning(`exit ${code}`)));
  const exits = strangers.map(({ identity }) => foreign.exitOf(identity));
  for (const { end } of strangers) end();
  expect((await Promise.all(exits)).map(({ status }) => status)).toEqual(
    [1, 2, 3, 4].map((code) => ({ kind: 'exited', code })),
  );
});

test('a pid that was reused, or of another boot, or gone, tells nothing', async () => {
  const foreign = foreignProcesses();
  const { startTime } = readProcess(process.pid) as { startTime: bigint };
  const own = { pid: process.pid, startTime, bootId: bootId() };
  const others = [
    { ...own, startTime: startTime + 1n },
    { ...own, bootId: 'another' },
    { ...own, pid: 5_000_000 },
  ];
  for (const other of others) expect((await foreign.exitOf(other)).status).toEqual({ kind: 'unknown' });
});

test('a signal reaches the very process and no other with its pid', async () => {
  const { identity } = await strangerRunning('exit 1');
  const exit = foreignProcesses().exitOf(identity);
  expect(signalProcess({ ...identity, startTime: identity.startTime + 1n }, 9)).toBe(false);
  expect(signalProcess(identity, 15)).toBe(true);
  expect((await exit).status).toEqual({ kind: 'signaled', signal: 15 });
  // Its end is known before it is reaped.
  await expect.poll(() => signalProcess(identity, 15)).toBe(false);
});

test('a process name with spaces and parentheses does not shift the fields of its stat', async () => {
  const directory = temporaryDirectory();
  symlinkSync('/bin/sleep', `${directory}/a) S 1 (b`);
  const child = spawn(`${directory}/a) S 1 (b`, ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const seen = readProcess(child.pid as number);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(seen?.ppid).toBe(process.pid);
  expect(seen?.group).toBe(readProcess(process.pid)?.group);
  expect(seen?.startTime).toBeGreaterThan(0n);
});
