import { closeSync, readSync } from 'node:fs';
import { native } from '@holdfast/native';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventPoller } from '../../src/stdio/event-poller.js';
import { InputWriter } from '../../src/stdio/input-writer.js';

let poller: EventPoller;
let read: number;
let writer: InputWriter;

beforeEach(() => {
  poller = new EventPoller();
  const [readEnd, writeEnd] = native.pipe(true);
  read = readEnd;
  writer = new InputWriter(writeEnd, poller);
});

afterEach(() => {
  writer.close();
  closeSync(read);
  poller.close();
});

/** All that is in the pipe now; undefined at its end. */
function take(): Buffer | undefined {
  const buffer = Buffer.alloc(1 << 20);
  try {
    const length = readSync(read, buffer);
    return length === 0 ? undefined : buffer.subarray(0, length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return Buffer.alloc(0);
    throw error;
  }
}

test('more than a pipe holds is written as it is read, and every part is told as it is taken', async () => {
  const input = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
  const parts: number[] = [];
  const done = writer.write(input, (count) => parts.push(count));
  expect(parts).toEqual([65_536]);
  let over = false;
  void done.then(() => (over = true));
  const got: Buffer[] = [];
  while (!over) {
    got.push(take() ?? Buffer.alloc(0));
    await new Promise((resolve) => setImmediate(resolve));
  }
  got.push(take() ?? Buffer.alloc(0));
  expect(Buffer.concat(got).equals(input)).toBe(true);
  expect(parts.reduce((sum, count) => sum + count, 0)).toBe(input.length);
});

test('the end comes behind what was written before', async () => {
  const first = writer.write(Buffer.alloc(65_536, 'a'));
  const second = writer.write(Buffer.from('b'));
  writer.end();
  await first;
  expect(take()?.length).toBe(65_536);
  await second;
  expect(take()?.toString()).toBe('b');
  expect(take()).toBeUndefined();
});

test('what comes after the end, or has no reader, counts as taken: nobody needs to send it again', async () => {
  writer.end();
  const counts: number[] = [];
  await writer.write(Buffer.from('late'), (count) => counts.push(count));
  const [readEnd, writeEnd] = native.pipe(true);
  const orphan = new InputWriter(writeEnd, poller);
  closeSync(readEnd);
  await orphan.write(Buffer.from('nobody'), (count) => counts.push(count));
  expect(counts).toEqual([4, 6]);
});

test('closing lets go of what waits', async () => {
  const waiting = writer.write(Buffer.alloc(100_000));
  writer.close();
  await expect(waiting).resolves.toBeUndefined();
});
