import { closeSync, constants as fs, openSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { descriptorsOf } from '../support/children-of.js';
import { VARIANTS } from '../support/binaries.js';
import { useKeepers } from '../support/use-keepers.js';

const { errno } = constants;

function readText(fd: number): string {
  const buffer = Buffer.alloc(100);
  return buffer.toString('utf8', 0, readSync(fd, buffer));
}

describe.each(VARIANTS)('held descriptors (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('keeps the contents of a FIFO by its read end while no shimd and no writer live', async () => {
    const client = await keepers.ready();
    const path = join(keepers.current().directory, 'fifo');
    native.mkfifo(path, 0o600);
    const read = openSync(path, fs.O_RDONLY | fs.O_NONBLOCK);
    await client.hold('stdout', read);
    closeSync(read);
    const write = openSync(path, fs.O_WRONLY);
    writeSync(write, 'last words');
    closeSync(write);
    client.crashShimd(1);

    const next = await keepers.current().connect();
    expect((await next.hello()).held).toEqual(['stdout']);
    const again = await next.fetch('stdout');
    expect(readText(again)).toBe('last words');
    expect(readText(again)).toBe('');
    closeSync(again);
  });

  it('closes what it held on DROP', async () => {
    const client = await keepers.ready();
    const [read, write] = native.pipe(true);
    await client.hold('write end', write);
    closeSync(write);
    expect(() => readText(read)).toThrow('EAGAIN');
    await client.drop('write end');
    expect(readText(read)).toBe('');
    closeSync(read);
  });

  it('replaces what was under the key and closes the old one', async () => {
    const client = await keepers.ready();
    const [read, write] = native.pipe(true);
    const other = native.pipe(true);
    await client.hold('key', write);
    await client.hold('key', other[1]);
    closeSync(write);
    expect(readText(read)).toBe('');
    const fetched = await client.fetch('key');
    writeSync(fetched, 'through the second');
    expect(readText(other[0])).toBe('through the second');
    expect((await client.hello()).held).toEqual(['key']);
    for (const fd of [read, fetched, ...other]) closeSync(fd);
  });

  it('answers ENOENT for a key it does not hold', async () => {
    const client = await keepers.ready();
    await expect(client.fetch('nothing')).rejects.toMatchObject({ errno: errno.ENOENT });
    await expect(client.drop('nothing')).rejects.toMatchObject({ errno: errno.ENOENT });
  });

  it('takes keys of 255 bytes and no more', async () => {
    const client = await keepers.ready();
    const [read, write] = native.pipe(true);
    await client.hold('k'.repeat(255), read);
    await expect(client.hold('k'.repeat(256), read)).rejects.toMatchObject({ errno: errno.EPROTO });
    expect((await client.hello()).held).toEqual(['k'.repeat(255)]);
    closeSync(read);
    closeSync(write);
  });

  it('leaks no descriptor over spawns, failures, holds, drops and restarts', async () => {
    const first = await keepers.ready();
    const { pid } = keepers.current();
    const before = descriptorsOf(pid);
    const [read, write] = native.pipe(true);
    for (let i = 0; i < 20; i++) {
      const child = await first.spawn({
        argv: ['true'],
        fds: [
          [read, 0],
          [write, 1],
        ],
      });
      first.ack((await first.exitOf(child.pid)).seq);
      await expect(first.spawn({ argv: ['/none'], fds: [[read, 0]] })).rejects.toThrow('exec');
      await first.hold('a', read);
      closeSync(await first.fetch('a'));
      await first.drop('a');
      await first.hello();
    }
    first.crashShimd(0);
    await (await keepers.current().connect()).hello();
    expect(Object.keys(descriptorsOf(pid))).toHaveLength(Object.keys(before).length);
    closeSync(read);
    closeSync(write);
  });
});
