import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const buffer = Buffer.alloc(100);
const textFrom = (fd: number): string => buffer.toString('utf8', 0, readSync(fd, buffer, 0, 100, null));

describe("a peer's descriptors", () => {
  const temp = useTempDirectory();

  it('are copied with their offset, close-on-exec', async () => {
    writeFileSync(temp.path('file'), 'first\nsecond\n');
    const file = openSync(temp.path('file'), 'r');
    const child = spawn('sh', ['-c', 'read line <&3; echo; sleep 100'], { stdio: ['ignore', 'pipe', 'ignore', file] });
    await once(child.stdout as Readable, 'data');
    const pidfd = native.pidfdOpen(child.pid ?? -1);
    const copy = native.pidfdGetDescriptor(pidfd, 3);
    expect(textFrom(copy)).toBe('second\n');
    expect(() => native.pidfdGetDescriptor(pidfd, 9)).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'pidfd_getfd' }),
    );
    const cloexec = spawn('readlink', [`/proc/self/fd/${copy}`]);
    expect(await once(cloexec, 'exit')).toEqual([1, null]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(() => native.pidfdGetDescriptor(pidfd, 3)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    for (const fd of [pidfd, copy, file]) closeSync(fd);
  });

  it('are those of the process that made the connection', () => {
    const [a, b] = native.seqpacketPair();
    const pidfd = native.peerPidfd(a);
    const copy = native.pidfdGetDescriptor(pidfd, b);
    native.send(a, Buffer.from('through a copy'), []);
    expect(textFrom(copy)).toBe('through a copy');
    expect(() => native.peerPidfd(9999)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    for (const fd of [a, b, pidfd, copy]) closeSync(fd);
  });
});
