import { appendFileSync, chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EventDocument } from '../../src/api/documents.js';
import { StateLayout } from '../../src/state/layout.js';
import { streamEvents, type StreamEventsOptions } from '../../src/events/stream-events.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';
import { collect, EventRoot, names, SUBJECT } from './support.js';

const PAST = { past: true, follow: false };

/** Follows in the background; what has come stands in `seen`. */
function follow(
  root: EventRoot,
  options: Partial<StreamEventsOptions> = {},
): { seen: EventDocument[]; end: () => Promise<void> } {
  const controller = new AbortController();
  const seen: EventDocument[] = [];
  const read = async (): Promise<void> => {
    const { signal } = controller;
    for await (const event of streamEvents(root.layout, { past: true, follow: true, signal, ...options }))
      seen.push(event);
  };
  const done = read();
  onTestFinished(() => controller.abort());
  const end = (): Promise<void> => {
    controller.abort();
    return done;
  };
  return { seen, end };
}

test('the past of all groups comes by time, each group in its own order', async () => {
  const root = new EventRoot();
  for (const [group, times] of [
    ['g1', ['01', '05', '03']],
    ['g2', ['02', '04', '06']],
  ] as const) {
    root.makeGroup(group);
    const bus = root.bus(group);
    for (const second of times)
      bus.emit('update', {
        subject: { ...SUBJECT, id: `${group}-${second}` },
        time: `2026-01-01T00:00:${second}.000Z`,
      });
    await bus.flush();
  }
  const ids = async (options: Partial<StreamEventsOptions> = {}): Promise<string[]> =>
    (await collect(streamEvents(root.layout, { ...PAST, ...options }))).map(({ id }) => id);
  expect(await ids()).toEqual(['g1-01', 'g2-02', 'g2-04', 'g1-05', 'g1-03', 'g2-06']);
  expect(await ids({ group: 'g1' })).toEqual(['g1-01', 'g1-05', 'g1-03']);
  const [since, end] = ['2026-01-01T00:00:03Z', '2026-01-01T00:00:05Z'].map(Date.parse);
  expect(await ids({ since, until: end })).toEqual(['g2-04', 'g1-05', 'g1-03']);
  expect(await ids({ until: end, follow: true })).toEqual(['g1-01', 'g2-02', 'g2-04', 'g1-05', 'g1-03']);
});

test('a root that is not there has no events', async () => {
  expect(await collect(streamEvents(new StateLayout(join(temporaryDirectory(), 'none')), PAST))).toEqual([]);
});

test('a root that others can enter is refused', async () => {
  const root = new EventRoot();
  root.makeGroup();
  chmodSync(root.layout.root, 0o755);
  await expect(collect(streamEvents(root.layout, PAST))).rejects.toMatchObject({ code: 'SHIM_STATE_INSECURE' });
  await expect(collect(streamEvents(root.layout, { past: true, follow: true }))).rejects.toMatchObject({
    code: 'SHIM_STATE_INSECURE',
  });
});

test('following begins with what happens from now on, also in a root and groups that come later', async () => {
  const root = new EventRoot();
  const { seen, end } = follow(root, { past: false });
  root.makeGroup('g1');
  const first = root.bus('g1');
  first.emit('create', { subject: SUBJECT });
  await until(() => seen.length === 1);
  root.makeGroup('g2');
  root.bus('g2').emit('create', { subject: { ...SUBJECT, id: 'c2' } });
  await until(() => seen.length === 2);
  first.emit('start', { subject: SUBJECT });
  await until(() => seen.length === 3);
  await end();
  expect(names(seen)).toEqual(['create c1', 'create c2', 'start c1']);

  const late = follow(root, { past: false });
  const both = follow(root);
  await until(() => both.seen.length === 3);
  first.emit('exit', { subject: SUBJECT });
  await until(() => late.seen.length === 1);
  expect(names(late.seen)).toEqual(['exit c1']);
});

test('following loses and repeats nothing when files are put aside under it', async () => {
  const root = new EventRoot();
  root.makeGroup();
  const { seen } = follow(root);
  const bus = root.bus();
  const text = 'x'.repeat(900);
  const total = 4_000;
  for (let i = 0; i < total; i += 1) {
    bus.emit('update', { subject: SUBJECT, attributes: { i, text } });
    // A reader that is two files behind has lost what the middle one held.
    if (i % 500 === 499) await until(() => seen.length === i + 1);
  }
  await until(() => seen.length >= total);
  expect(seen.map(({ attributes }) => attributes['i'])).toEqual(Array.from({ length: total }, (_, i) => i));
});

test('following goes on through a torn line and the next shimd that mends it', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const { seen } = follow(root);
  const killed = root.bus();
  killed.emit('create', { subject: SUBJECT });
  await until(() => seen.length === 1);
  appendFileSync(path, '{"cursor":');
  const next = root.bus();
  next.emit('recovered', { subject: SUBJECT });
  await until(() => seen.length === 2);
  appendFileSync(path, 'no JSON\n{"cursor":1}\n');
  next.emit('exit', { subject: SUBJECT });
  await until(() => seen.length === 3);
  expect(names(seen)).toEqual(['create c1', 'recovered c1', 'exit c1']);
});

test('following goes on after a group was removed and made anew', async () => {
  const root = new EventRoot();
  root.makeGroup();
  const { seen } = follow(root);
  root.bus().emit('create', { subject: SUBJECT });
  await until(() => seen.length === 1);
  rmSync(root.layout.group('g1'), { recursive: true });
  mkdirSync(root.layout.group('g1'), { mode: 0o700 });
  root.bus().emit('create', { subject: { ...SUBJECT, id: 'c2' } });
  await until(() => seen.length === 2);
  expect(names(seen)).toEqual(['create c1', 'create c2']);
});

test('a cursor says where to go on', async () => {
  const root = new EventRoot();
  root.makeGroup();
  const bus = root.bus();
  for (const type of ['create', 'start', 'exit'] as const) bus.emit(type, { subject: SUBJECT });
  await bus.flush();
  const [first] = await collect(streamEvents(root.layout, PAST));
  const rest = streamEvents(root.layout, { ...PAST, group: 'g1', after: first?.cursor });
  expect(names(await collect(rest))).toEqual(['start c1', 'exit c1']);
});

test('following ends when its time has come', async () => {
  const root = new EventRoot();
  root.makeGroup();
  const began = Date.now();
  await collect(streamEvents(root.layout, { past: true, follow: true, until: began + 150 }));
  expect(Date.now() - began).toBeGreaterThanOrEqual(149);
});
