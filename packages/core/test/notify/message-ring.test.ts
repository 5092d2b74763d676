import { expect, it } from 'vitest';
import { MessageRing } from '../../src/notify/message-ring.js';

it('gives those behind a cursor, and all that it has for a cursor it does not know', () => {
  const ring = new MessageRing();
  ring.push('a');
  const { cursor } = ring;
  ring.push('b');
  ring.push('c');
  expect(ring.behind(cursor)).toEqual(['b', 'c']);
  expect(ring.behind(ring.cursor)).toEqual([]);
  for (const other of ['', 'x-1', new MessageRing().cursor, `${cursor}x`, '-', '💥']) {
    expect(ring.behind(other)).toEqual(['a', 'b', 'c']);
  }
});

it('keeps the last 64', () => {
  const ring = new MessageRing();
  for (let i = 0; i < 100; i += 1) ring.push(String(i));
  expect(ring.behind('')).toEqual(Array.from({ length: 64 }, (_, i) => String(36 + i)));
});

it('wakes those who wait, once', async () => {
  const ring = new MessageRing();
  const { changed } = ring;
  ring.push('a');
  await changed;
  let again = false;
  void ring.changed.then(() => (again = true));
  await Promise.resolve();
  expect(again).toBe(false);
});
