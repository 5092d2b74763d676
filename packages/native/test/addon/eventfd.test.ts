import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';

/** An eventfd takes eight bytes at a time, in the machine's order. */
function add(fd: number, count: number): void {
  writeSync(fd, Buffer.from(BigUint64Array.of(BigInt(count)).buffer));
}

describe('eventfd', () => {
  it('counts until it is asked, and then from 0 again', () => {
    const fd = native.eventfd();
    expect(native.takeEvents(fd)).toBe(0n);
    add(fd, 2);
    add(fd, 3);
    expect(native.takeEvents(fd)).toBe(5n);
    expect(native.takeEvents(fd)).toBe(0n);
    closeSync(fd);
  });

  it('is closed on exec and does not block', () => {
    const fd = native.eventfd();
    // O_CLOEXEC, O_NONBLOCK and O_RDWR, in octal.
    expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')).toMatch(/^flags:\s*02004002$/m);
    closeSync(fd);
  });

  it('tells a poller of each event', async () => {
    const fd = native.eventfd();
    let happened: (token: number) => void = () => undefined;
    const next = (): Promise<number> => new Promise((resolve) => (happened = resolve));
    const poller = new native.Poller((token, readable) => happened(readable ? token : -1));
    poller.add(fd, 7);
    for (const count of [1, 2]) {
      const event = next();
      add(fd, count);
      expect(await event).toBe(7);
      expect(native.takeEvents(fd)).toBe(BigInt(count));
    }
    poller.remove(fd);
    poller.close();
    closeSync(fd);
  });

  it('refuses what is no eventfd', () => {
    expect(() => native.takeEvents(9999)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'read' }));
    expect(() => native.takeEvents('1' as never)).toThrow(TypeError);
    const directory = openSync('/', 'r');
    expect(() => native.takeEvents(directory)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    closeSync(directory);
  });
});
