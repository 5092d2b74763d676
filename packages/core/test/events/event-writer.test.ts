import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EventDocument } from '../../src/api/documents.js';
import { EVENT_FILE_BYTES } from '../../src/events/event-line.js';
import { EventRoot, SUBJECT } from './support.js';

const linesOf = (path: string): EventDocument[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as EventDocument);

test('events are lines of JSON in a private file, in the order in which they were emitted', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const bus = root.bus('g1', () => new Date('2026-01-02T03:04:05.678Z'));
  bus.emit('create', { subject: SUBJECT });
  bus.emit('exit', { subject: SUBJECT, time: '2026-01-01T00:00:00.000Z', attributes: { exitCode: 3, signal: null } });
  bus.emit('shim-start');
  await bus.flush();
  const events = linesOf(path);
  const common = { ...SUBJECT, group: 'g1' };
  expect(events).toMatchObject([
    { ...common, type: 'create', time: '2026-01-02T03:04:05.678Z', attributes: {} },
    {
      ...common,
      type: 'exit',
      time: '2026-01-02T03:04:05.678Z',
      attributes: { exitCode: 3, signal: null, occurredAt: '2026-01-01T00:00:00.000Z' },
    },
    { type: 'shim-start', namespace: '', id: '', instance: '', group: 'g1' },
  ]);
  const cursors = events.map(({ cursor }) => cursor);
  expect(cursors).toEqual([...cursors].sort((a, b) => a - b));
  expect(new Set(cursors).size).toBe(3);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('times of a file never go back, not for the next shimd either; a file that begins anew tells the true ones', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  let now = '2026-01-02T03:04:05.000Z';
  const first = root.bus('g1', () => new Date(now));
  first.emit('create', { subject: SUBJECT });
  now = '2026-01-02T03:00:00.000Z';
  first.emit('start', { subject: SUBJECT });
  await first.flush();
  first.close();
  const second = root.bus('g1', () => new Date(now));
  second.emit('shim-start');
  await second.flush();
  const time = '2026-01-02T03:04:05.000Z';
  expect(linesOf(path)).toMatchObject([
    { time, attributes: {} },
    { time, attributes: { occurredAt: now } },
    { time, attributes: { occurredAt: now } },
  ]);
  appendFileSync(path, `${'x'.repeat(EVENT_FILE_BYTES)}\n`);
  const third = root.bus('g1', () => new Date(now));
  third.emit('recovered', { subject: SUBJECT });
  await third.flush();
  expect(linesOf(path)).toMatchObject([{ type: 'recovered', time: now, attributes: {} }]);
});

test('a torn line is cut off by the next shimd, and cursors go on', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const cursor = 2 ** 52;
  const line = JSON.stringify({ cursor, time: '', type: 'create', ...SUBJECT, group: 'g1', attributes: {} });
  writeFileSync(path, `${line}\n{"cursor":99,"ti`);
  const bus = root.bus();
  bus.emit('start', { subject: SUBJECT });
  await bus.flush();
  expect(linesOf(path).map((event) => [event.type, event.cursor])).toEqual([
    ['create', cursor],
    ['start', cursor + 1],
  ]);
});

test('a tail that is no line of ours at all is ended, and nothing before it is lost', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  writeFileSync(path, `${'x'.repeat(40_000)}`);
  const bus = root.bus();
  bus.emit('start', { subject: SUBJECT });
  await bus.flush();
  const lines = readFileSync(path, 'utf8').split('\n');
  expect([lines[0]?.length, lines.length]).toEqual([40_000, 3]);
  expect(JSON.parse(lines[1] as string)).toMatchObject({ type: 'start' });
});

test('the file is put aside whole before it grows over its bound', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const bus = root.bus();
  const text = 'x'.repeat(900);
  for (let i = 0; i < 2_500; i += 1) bus.emit('update', { subject: SUBJECT, attributes: { i, text } });
  await bus.flush();
  const [older, newer] = [linesOf(`${path}.1`), linesOf(path)];
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(EVENT_FILE_BYTES);
  expect(statSync(path).size).toBeLessThanOrEqual(EVENT_FILE_BYTES);
  const kept = [...older, ...newer].map(({ attributes }) => attributes['i'] as number);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 2_500 - kept.length + i));
  expect(root.logger.lines).toEqual([]);
});

test('a long text is shortened', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const bus = root.bus();
  bus.emit('log-lost', { subject: SUBJECT, attributes: { drivers: 'x'.repeat(100_000) } });
  await bus.flush();
  expect(statSync(path).size).toBeLessThan(2_000);
  expect(linesOf(path)).toMatchObject([{ type: 'log-lost' }]);
});

test('what cannot be written is dropped and counted, and later events are recorded', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  mkdirSync(path);
  const bus = root.bus();
  bus.emit('create', { subject: SUBJECT });
  bus.emit('start', { subject: SUBJECT });
  await bus.flush();
  rmSync(path, { recursive: true });
  bus.emit('exit', { subject: SUBJECT });
  await bus.flush();
  expect(linesOf(path)).toMatchObject([{ type: 'exit' }]);
  expect(root.logger.lines).toEqual([
    'error: events cannot be recorded',
    'warn: events are recorded again; some are missing',
  ]);
});

test('a symbolic link is not followed', async () => {
  const root = new EventRoot();
  const path = root.makeGroup();
  const precious = `${root.layout.root}/precious`;
  appendFileSync(precious, 'mine');
  symlinkSync(precious, path);
  const bus = root.bus();
  bus.emit('create', { subject: SUBJECT });
  await bus.flush();
  expect(readFileSync(precious, 'utf8')).toBe('mine');
  expect(root.logger.lines).toEqual(['error: events cannot be recorded']);
});
