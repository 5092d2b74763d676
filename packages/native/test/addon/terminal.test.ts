import { once } from 'node:events';
import { closeSync, readSync, writeSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { native, type ReceivedMessage } from '@holdfast/native';
import { sendTerminal } from '../support/send-terminal.js';
import { useTempDirectory } from '../support/temp-directory.js';
import { until } from '../support/until.js';

const temp = useTempDirectory();

/** A connection over which the master of a pty on which `script` runs is sent, and the program's end. */
async function sending(script: string): Promise<{ peer: number; ended: Promise<number> }> {
  const socket = temp.path('console');
  const listener = native.streamListen(socket, 0o600, 1);
  const child = sendTerminal(temp.path('send-terminal'), socket, ['sh', '-c', script]);
  const ended = once(child, 'exit').then(([code]) => code as number);
  let peer = -1;
  await until(() => (peer = acceptOrNone(listener)) >= 0);
  closeSync(listener);
  return { peer, ended };
}

/** The master of a pty on which `script` runs, and the program's end. */
async function onTerminal(script: string): Promise<{ master: number; ended: Promise<number> }> {
  const { peer, ended } = await sending(script);
  let received: ReceivedMessage | undefined;
  await until(() => (received = native.receive(peer, Buffer.alloc(4096))) !== undefined);
  closeSync(peer);
  const master = received?.fds[0] ?? -1;
  native.setNonBlocking(master);
  onTestFinished(() => closeSync(master));
  return { master, ended };
}

function acceptOrNone(listener: number): number {
  try {
    return native.seqpacketAccept(listener);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}

/** All that comes out of a terminal until it hangs up. */
async function drain(master: number): Promise<string> {
  const [read, write] = native.pipe(true);
  const buffer = Buffer.alloc(65_536);
  let text = '';
  await until(() => {
    const moved = native.spliceTerminal(master, write, 65_536);
    if (moved > 0) text += buffer.toString('utf8', 0, readSync(read, buffer));
    return moved === 0;
  });
  closeSync(read);
  closeSync(write);
  return text;
}

it('a terminal comes over the console socket, and what is printed goes through a pipe until it hangs up', async () => {
  const { master, ended } = await onTerminal('echo one; echo two >&2; exit 3');
  expect(await drain(master)).toBe('one\r\ntwo\r\n');
  expect(await ended).toBe(3);
});

it('a terminal that is only peeked at stays in the connection, and its program is not hung up', async () => {
  const { peer, ended } = await sending('read line; echo "got $line"; exit 4');
  const peek = (): ReceivedMessage | undefined => native.receive(peer, Buffer.alloc(4096), true);
  await until(() => peek()?.fds.map((fd) => closeSync(fd)) !== undefined);
  const [master = -1, ...others] = peek()?.fds ?? [];
  expect(others).toEqual([]);
  closeSync(peer);
  native.setNonBlocking(master);
  onTestFinished(() => closeSync(master));
  writeSync(master, 'one\n');
  expect(await drain(master)).toBe('one\r\ngot one\r\n');
  expect(await ended).toBe(4);
});

it('what is typed reaches the program, and the size it is given', async () => {
  const { master, ended } = await onTerminal('stty -echo; read line; echo "got $line"; stty size');
  native.setTerminalSize(master, 33, 111);
  expect(native.terminalSize(master)).toEqual({ rows: 33, columns: 111 });
  const [read, write] = native.pipe(true);
  expect(native.spliceTerminal(master, write, 1)).toBe(-1);
  for (const fd of [read, write]) closeSync(fd);
  writeSync(master, 'hello\n');
  expect(await drain(master)).toContain('got hello\r\n33 111\r\n');
  expect(await ended).toBe(0);
});

it('a full pipe takes no more, and nothing is lost', async () => {
  const { master } = await onTerminal('stty -echo raw; seq 1 30000');
  const [read, write] = native.pipe(true);
  native.setPipeSize(write, 4096);
  const buffer = Buffer.alloc(1000);
  let text = '';
  await until(() => {
    for (;;) {
      const moved = native.spliceTerminal(master, write, 65_536);
      if (moved === 0) return true;
      if (native.pipeBytes(read) === 0) return false;
      text += buffer.toString('utf8', 0, readSync(read, buffer));
    }
  });
  while (native.pipeBytes(read) > 0) text += buffer.toString('utf8', 0, readSync(read, buffer));
  expect(text).toBe(Array.from({ length: 30_000 }, (_, i) => `${i + 1}\n`).join(''));
  closeSync(read);
  closeSync(write);
});

it('raw mode leaves every byte as it is, and the mode before comes back', async () => {
  const { master, ended } = await onTerminal('read line; echo "$line"; read line; echo "$line"');
  // The mode of a pty is one, seen from either side.
  const before = native.makeTerminalRaw(master);
  writeSync(master, 'raw\n');
  const [read, write] = native.pipe(true);
  await until(() => native.spliceTerminal(master, write, 100) > 0);
  const buffer = Buffer.alloc(100);
  expect(buffer.toString('utf8', 0, readSync(read, buffer))).toBe('raw\n');
  for (const fd of [read, write]) closeSync(fd);
  native.restoreTerminal(master, before);
  writeSync(master, 'cooked\n');
  expect(await drain(master)).toBe('cooked\r\ncooked\r\n');
  expect(await ended).toBe(0);
});

it('sizes and descriptors that are none are refused', () => {
  const [read, write] = native.pipe(true);
  expect(() => native.setTerminalSize(read, 65_536, 1)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => native.setTerminalSize(read, 1, 1)).toThrow(expect.objectContaining({ code: 'ENOTTY' }));
  expect(() => native.makeTerminalRaw(read)).toThrow(expect.objectContaining({ code: 'ENOTTY' }));
  expect(() => native.restoreTerminal(read, Buffer.alloc(3))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => native.terminalSize(-1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  expect(() => native.spliceTerminal(read, write, 0)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  closeSync(read);
  closeSync(write);
});
