import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../support/until.js';
import { ForwardFixture } from './support.js';

const { O_WRONLY, O_NONBLOCK } = constants;

/** What the process reads now; undefined: nothing, empty: the end. */
function read(fd: number): Buffer | undefined {
  const buffer = Buffer.alloc(1 << 16);
  try {
    return buffer.subarray(0, readSync(fd, buffer));
  } catch {
    return undefined;
  }
}

async function readToEnd(fd: number): Promise<string> {
  let text = '';
  await until(() => {
    const bytes = read(fd);
    text += bytes?.toString('latin1') ?? '';
    return bytes?.length === 0;
  });
  return text;
}

/** Writes all of it, however slowly it goes. */
async function write(fd: number, text: string): Promise<void> {
  for (let bytes = Buffer.from(text, 'latin1'); bytes.length > 0; await nextTurn()) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const LONG = Array.from({ length: 1 << 17 }, (_, i) => `${i}`.padStart(7, '0')).join('\n');

test('1 MB goes in once, over the death of a shim; who leaves is no end, closing it is', async () => {
  const fixture = new ForwardFixture({ stdin: '' });
  const path = fixture.fifo('in');
  const first = fixture.io({ stdin: path });
  const process = await fixture.process(first);
  first.start();
  const client = openSync(path, O_WRONLY | O_NONBLOCK);
  const writing = write(client, LONG);
  const received = readToEnd(process.stdin);
  await until(() => fixture.pending(client) > 0);
  await fixture.kill(first);
  const next = fixture.io({ stdin: path });
  await next.reopen(false);
  next.start();
  await writing;
  closeSync(client);
  const another = openSync(path, O_WRONLY | O_NONBLOCK);
  await write(another, 'more');
  await next.closeStdin();
  closeSync(another);
  expect(await received).toBe(`${LONG}more`);
  await until(() => !fixture.keeper.held.has('k/forward-stdin'));
  await next.closeStdin();
  await next.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('its end may be asked for before there is a process', async () => {
  const fixture = new ForwardFixture();
  const path = fixture.fifo('in');
  const io = fixture.io({ stdin: path });
  await io.closeStdin();
  const process = await fixture.process(io);
  const client = openSync(path, O_WRONLY | O_NONBLOCK);
  writeSync(client, 'before');
  closeSync(client);
  io.start();
  expect(await readToEnd(process.stdin)).toBe('before');
});

test('what was not passed on when a shim died in closing it is passed on by the next, and then closed', async () => {
  const fixture = new ForwardFixture();
  const path = fixture.fifo('in');
  const first = fixture.io({ stdin: path });
  const process = await fixture.process(first);
  const client = openSync(path, O_WRONLY | O_NONBLOCK);
  writeSync(client, 'rest');
  closeSync(client);
  await first.closeStdin();
  await fixture.kill(first);
  const next = fixture.io({ stdin: path });
  await next.reopen(true);
  next.start();
  expect(await readToEnd(process.stdin)).toBe('rest');
});

test('a shim that died between closing it and letting the keeper do so leaves that to the next', async () => {
  const fixture = new ForwardFixture();
  const path = fixture.fifo('in');
  const first = fixture.io({ stdin: path });
  const process = await fixture.process(first);
  await fixture.kill(first);
  await fixture.keeper.drop('k/forward-stdin');
  const next = fixture.io({ stdin: path });
  await next.reopen(true);
  next.start();
  expect(await readToEnd(process.stdin)).toBe('');
});

test('a process that has ended does not keep it from being closed', async () => {
  const fixture = new ForwardFixture();
  const path = fixture.fifo('in');
  const io = fixture.io({ stdin: path });
  const process = await fixture.process(io);
  io.start();
  process.close();
  const client = openSync(path, O_WRONLY | O_NONBLOCK);
  writeSync(client, 'nobody reads this');
  await io.closeStdin();
  await until(() => !fixture.keeper.held.has('k/forward-stdin'));
  expect(() => writeSync(client, 'x')).toThrow(expect.objectContaining({ code: 'EPIPE' }));
  closeSync(client);
  expect(fixture.logger.errors).toEqual([]);
});
