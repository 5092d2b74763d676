import { closeSync, readdirSync, statSync, writeSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const buffer = Buffer.alloc(1000);
const openCount = (): number => readdirSync('/proc/self/fd').length;

describe('seqpacket sockets', () => {
  const temp = useTempDirectory();

  it('carry messages whole, and undefined when there is none', () => {
    const [a, b] = native.seqpacketPair();
    expect(native.receive(b, buffer)).toBeUndefined();
    expect(native.send(a, Buffer.from('one'), [])).toBe(true);
    expect(native.send(a, Buffer.from('two'), [])).toBe(true);
    for (const text of ['one', 'two']) {
      const length = native.receive(b, buffer)?.length;
      expect(buffer.toString('utf8', 0, length)).toBe(text);
    }
    closeSync(a);
    expect(native.receive(b, buffer)).toEqual({ length: 0, fds: [] });
    closeSync(b);
  });

  it('carry up to 16 descriptors, close-on-exec', () => {
    const [a, b] = native.seqpacketPair();
    const [read, write] = native.pipe(false);
    expect(native.send(a, Buffer.from('x'), Array<number>(16).fill(write))).toBe(true);
    const { fds } = native.receive(b, buffer) ?? { fds: [] };
    expect(fds).toHaveLength(16);
    writeSync(fds[15] ?? -1, 'through a copy');
    expect(buffer.toString('utf8', 0, readSync(read, buffer))).toBe('through a copy');
    expect(() => native.send(a, Buffer.from('x'), Array<number>(17).fill(write))).toThrow(TypeError);
    for (const fd of [a, b, read, write, ...fds]) closeSync(fd);
  });

  it('refuse a truncated message and close the descriptors that came with it', () => {
    const [a, b] = native.seqpacketPair();
    const before = openCount();
    native.send(a, Buffer.alloc(100), [a, b]);
    expect(() => native.receive(b, buffer.subarray(0, 99))).toThrow(expect.objectContaining({ code: 'EMSGSIZE' }));
    expect(openCount()).toBe(before);
    closeSync(a);
    closeSync(b);
  });

  it('can be peeked at: bytes and descriptors stay, and what is told are copies', () => {
    const [a, b] = native.seqpacketPair();
    const [read, write] = native.pipe(false);
    native.send(a, Buffer.from('name'), [write]);
    closeSync(write);
    const before = openCount();
    for (let round = 0; round < 3; round++) {
      const { length, fds } = native.receive(b, buffer, true)!;
      expect([buffer.toString('utf8', 0, length), fds.length, openCount()]).toEqual(['name', 1, before + 1]);
      writeSync(fds[0]!, String(round));
      closeSync(fds[0]!);
    }
    const { length, fds } = native.receive(b, buffer, false)!;
    expect([length, fds.length]).toEqual([4, 1]);
    expect(native.receive(b, buffer, true)).toBeUndefined();
    expect(buffer.toString('utf8', 0, readSync(read, buffer))).toBe('012');
    for (const fd of [a, b, read, ...fds]) closeSync(fd);
  });

  it('say false when the peer takes no more', () => {
    const [a, b] = native.seqpacketPair();
    let sent = 0;
    while (native.send(a, buffer, [])) sent++;
    expect(sent).toBeGreaterThan(10);
    native.receive(b, buffer);
    expect(native.send(a, Buffer.from('again'), [])).toBe(true);
    closeSync(b);
    // First that the peer left messages unread, then that it has gone; no SIGPIPE either way.
    expect(() => native.send(a, buffer, [])).toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
    expect(() => native.send(a, buffer, [])).toThrow(expect.objectContaining({ code: 'EPIPE' }));
    closeSync(a);
  });

  it('listen, connect and accept at a path with the mode asked for', () => {
    const before = process.umask(0o077);
    const listener = native.seqpacketListen(temp.path('socket'), 0o660, 4);
    process.umask(before);
    expect(statSync(temp.path('socket')).mode & 0o777).toBe(0o660);
    expect(() => native.seqpacketAccept(listener)).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    const client = native.seqpacketConnect(temp.path('socket'));
    const server = native.seqpacketAccept(listener);
    const self = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };
    expect(native.peerCredentials(server)).toEqual(self);
    expect(native.peerCredentials(client)).toEqual(self);
    native.send(client, Buffer.from('hello'), []);
    expect(native.receive(server, buffer)?.length).toBe(5);
    expect([listener, client, server].map((fd) => native.isPacketListener(fd))).toEqual([true, false, false]);
    for (const fd of [listener, client, server]) closeSync(fd);
    const streams = native.streamListen(temp.path('streams'), 0o600, 1);
    expect([streams, 9999, -1].map((fd) => native.isPacketListener(fd))).toEqual([false, false, false]);
    closeSync(streams);
  });

  it('refuse paths that the kernel would cut', () => {
    const long = temp.path('x'.repeat(108));
    expect(() => native.seqpacketListen(long, 0o600, 1)).toThrow(
      expect.objectContaining({ code: 'ENAMETOOLONG', path: long }),
    );
    expect(() => native.seqpacketConnect(long)).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
    expect(() => native.seqpacketConnect('')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('leak nothing when they fail', () => {
    const before = openCount();
    expect(() => native.seqpacketConnect(temp.path('none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => native.seqpacketListen(temp.path('no/dir'), 0o600, 1)).toThrow(
      expect.objectContaining({ syscall: 'bind' }),
    );
    expect(openCount()).toBe(before);
  });
});
