import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, fstatSync, openSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readProcess } from '../../src/reaper/process-identity.js';
import { HeldTerminals } from '../../src/stdio/held-terminals.js';
import { takeOverTerminals } from '../../src/stdio/take-over-terminals.js';
import { FakeKeeper } from '../support/fake-keeper.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fixture = (): { path: string; keeper: FakeKeeper } => ({
  path: join(temporaryDirectory(), 'terminals.json'),
  keeper: new FakeKeeper(),
});

/** A process that has `file` open as descriptor 3 and does nothing. */
async function holder(file: string): Promise<{ pid: number; startTime: string; ended: Promise<unknown> }> {
  const child = spawn('sh', ['-c', 'echo ready; read line'], {
    stdio: ['pipe', 'pipe', 'inherit', openSync(file, 'r')],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const pid = child.pid as number;
  return { pid, startTime: String(readProcess(pid)?.startTime), ended: once(child, 'exit') };
}

test('what a process holds is written down with who it is, and gone with the last', () => {
  const { path } = fixture();
  const terminals = new HeldTerminals(path);
  terminals.add('a/terminal', 11);
  terminals.add('b/terminal', 12);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    pid: process.pid,
    startTime: String(readProcess(process.pid)?.startTime),
    terminals: { 'a/terminal': 11, 'b/terminal': 12 },
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  terminals.remove('a/terminal');
  terminals.remove('a/terminal');
  expect([terminals.any, existsSync(path)]).toEqual([true, true]);
  terminals.remove('b/terminal');
  expect([terminals.any, existsSync(path)]).toEqual([false, false]);
});

test('they are taken from a process that outlived its keeper, which is ended', async () => {
  const { path, keeper } = fixture();
  const file = join(temporaryDirectory(), 'stands-for-a-terminal');
  writeFileSync(file, '');
  const { pid, startTime, ended } = await holder(file);
  writeFileSync(path, JSON.stringify({ pid, startTime, terminals: { 'a/terminal': 3 } }));
  expect(await takeOverTerminals(path, keeper)).toEqual(['a/terminal']);
  expect(await ended).toEqual([null, 'SIGKILL']);
  const fd = keeper.held.get('a/terminal') as number;
  expect([fstatSync(fd).ino, readlinkSync(`/proc/self/fd/${fd}`)]).toEqual([statSync(file).ino, file]);
  expect(existsSync(path)).toBe(false);
});

test('a process that has taken the place of the one it was is left alone, and rubbish is nothing', async () => {
  const { path, keeper } = fixture();
  const { pid, startTime } = await holder('/dev/null');
  const other = String(BigInt(startTime) - 1n);
  for (const text of [
    JSON.stringify({ pid, startTime: other, terminals: { 'a/terminal': 3 } }),
    JSON.stringify({ pid: process.pid, startTime: '1', terminals: {} }),
    'rubbish',
    '{}',
  ]) {
    writeFileSync(path, text);
    expect(await takeOverTerminals(path, keeper)).toEqual([]);
  }
  expect(await takeOverTerminals(`${path}.none`, keeper)).toEqual([]);
  expect([readProcess(pid)?.startTime, keeper.held.size]).toEqual([BigInt(startTime), 0]);
});
