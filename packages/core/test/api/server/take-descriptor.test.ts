import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { takeDescriptor, type Source } from '../../../src/api/server/take-descriptor.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const forbidden = (): never => {
  throw Object.assign(new Error('EPERM: operation not permitted, pidfd_getfd'), { code: 'EPERM' });
};

/** A process that has `fd` as its descriptor 3. */
async function holder(fd: number): Promise<Source> {
  const child = spawn('sleep', ['100'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  await once(child, 'spawn');
  const pid = child.pid as number;
  const pidfd = native.pidfdOpen(pid);
  onTestFinished(() => {
    child.kill('SIGKILL');
    closeSync(pidfd);
  });
  return { pid, pidfd };
}

function text(fd: number): string {
  const buffer = Buffer.alloc(100);
  return buffer.toString('utf8', 0, readSync(fd, buffer, 0, 100, null));
}

it('copies the open file itself: its offset is shared', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'first second');
  const file = openSync(path, 'r');
  const source = await holder(file);
  const copy = takeDescriptor(source, 3);
  readSync(file, Buffer.alloc(6), 0, 6, null);
  expect(text(copy)).toBe('second');
  closeSync(file);
  closeSync(copy);
});

it('says which descriptor is not open', async () => {
  const source = await holder(0);
  expect(() => takeDescriptor(source, 77)).toThrow(
    expect.objectContaining({ code: 'SHIM_INVALID_ARGUMENT', message: 'descriptor 77 is not open' }),
  );
});

it('opens a pipe anew, as it was open, where copying is forbidden', async () => {
  const [read, write] = native.pipe(true);
  const source = await holder(read);
  writeSync(write, 'through the pipe');
  const copy = takeDescriptor(source, 3, forbidden);
  expect(text(copy)).toBe('through the pipe');
  expect(() => writeSync(copy, 'x')).toThrow(expect.objectContaining({ code: 'EBADF' }));
  for (const fd of [read, write, copy]) closeSync(fd);
});

it('refuses a file and a socket there: a new opening would not be the same', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'text');
  const file = openSync(path, 'r');
  const server = createServer().listen(join(temporaryDirectory(), 'socket'));
  await once(server, 'listening');
  const { fd } = (server as Server & { _handle: { fd: number } })._handle;
  for (const descriptor of [file, fd]) {
    const source = await holder(descriptor);
    expect(() => takeDescriptor(source, 3, forbidden)).toThrow(
      expect.objectContaining({ code: 'SHIM_UNSUPPORTED', where: `pid ${source.pid}` }),
    );
  }
  closeSync(file);
  server.close();
});
