import { closeSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const buffer = Buffer.alloc(100);
const openCount = (): number => readdirSync('/proc/self/fd').length;

describe('messages of sd_notify', () => {
  const temp = useTempDirectory();

  it('arrive whole, and stay in the queue when they are peeked at', () => {
    const path = temp.path('socket');
    const socket = native.datagramBind(path, 0o600);
    expect(native.datagramReceive(socket, buffer, false)).toBeUndefined();
    native.notifySend(path, Buffer.from('READY=1'), 0);
    native.notifySend(path, Buffer.alloc(0), 0);
    for (const peek of [true, true, false]) {
      expect(buffer.toString('utf8', 0, native.datagramReceive(socket, buffer, peek))).toBe('READY=1');
    }
    expect(native.datagramReceive(socket, buffer, false)).toBe(0);
    expect(native.datagramReceive(socket, buffer, false)).toBeUndefined();
    closeSync(socket);
    expect(() => native.notifySend(path, Buffer.from('x'), 0)).toThrow(
      expect.objectContaining({ code: 'ECONNREFUSED' }),
    );
  });

  it('tell their length though the buffer was too small', () => {
    const socket = native.datagramBind(temp.path('small'), 0o600);
    native.notifySend(temp.path('small'), Buffer.alloc(300), 0);
    expect(native.datagramReceive(socket, buffer, false)).toBe(300);
    expect(native.datagramReceive(socket, buffer, false)).toBeUndefined();
    closeSync(socket);
  });

  it('lose the descriptors that come with them', () => {
    const socket = native.datagramBind(temp.path('rights'), 0o600);
    const sender = native.datagramSocket();
    native.datagramConnect(sender, temp.path('rights'));
    const before = openCount();
    native.send(sender, Buffer.from('FDSTORE=1'), [0, 1]);
    expect(native.datagramReceive(socket, buffer, true)).toBe(9);
    expect(native.datagramReceive(socket, buffer, false)).toBe(9);
    expect(openCount()).toBe(before);
    closeSync(socket);
    closeSync(sender);
  });

  it('can name another process as their sender, and never wait for a full queue', () => {
    const path = temp.path('full');
    const socket = native.datagramBind(path, 0o600);
    native.notifySend(path, Buffer.from('READY=1'), process.ppid);
    const fill = (): void => {
      for (let i = 0; i < 10_000; i += 1) native.notifySend(path, Buffer.from('x'), 0);
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'EAGAIN', syscall: 'sendmsg', path }));
    closeSync(socket);
  });

  it('go to abstract addresses too, and to none that is too long', () => {
    expect(() => native.notifySend('@holdfast-nobody', Buffer.from('x'), 0)).toThrow(
      expect.objectContaining({ code: 'ECONNREFUSED' }),
    );
    expect(() => native.notifySend(`/${'x'.repeat(120)}`, Buffer.from('x'), 0)).toThrow(
      expect.objectContaining({ code: 'ENAMETOOLONG' }),
    );
    expect(() => native.notifySend('', Buffer.from('x'), 0)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});
