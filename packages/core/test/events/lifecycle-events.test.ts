import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EventDocument } from '../../src/api/documents.js';
import { streamEvents } from '../../src/events/stream-events.js';
import type { ComposedShim } from '../../src/di/compose-shim.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';
import { collect } from './support.js';

/** When the fake keeper's processes end: long before all else. */
const EXITED_AT = '2023-11-14T22:13:20.000Z';

function fixture(): ShimFixture {
  const made = new ShimFixture();
  mkdirSync(made.layout.group('default'), { recursive: true, mode: 0o700 });
  return made;
}

async function recorded({ layout }: ShimFixture, { events }: ComposedShim): Promise<EventDocument[]> {
  await events.flush();
  return collect(streamEvents(layout, { past: true, follow: false }));
}

const types = (events: readonly EventDocument[]): string[] => events.map(({ type }) => type);

async function start(made: ShimFixture): Promise<ComposedShim> {
  const composed = made.compose();
  await composed.shim.create(made.request());
  await composed.shim.start(REF, { requestId: made.requestId() });
  return composed;
}

test('the life of a container is told in order, with what each event has to say', async () => {
  const made = fixture();
  const composed = await start(made);
  const { instance } = await composed.shim.inspect(REF);
  await composed.shim.kill(REF, { requestId: 'k', signal: 15, all: false });
  await composed.shim.wait(REF, 'drained');
  await composed.shim.delete(REF, { requestId: 'd', force: false });
  const events = await recorded(made, composed);
  expect(types(events)).toEqual(['create', 'start', 'kill', 'exit', 'drained', 'delete']);
  for (const event of events) expect(event).toMatchObject({ ...REF, instance, group: 'default' });
  expect(events[2]?.attributes).toEqual({ signal: 15, all: false });
  expect(events[3]).toMatchObject({
    time: events[2]?.time,
    attributes: { exitCode: 143, signal: 'SIGTERM', occurredAt: EXITED_AT },
  });
});

test('a program that has ended before start returns has started before it ended', async () => {
  const made = fixture();
  made.runtime.after = async (call) => {
    if (!call.startsWith('start')) return;
    await made.runtime.process('c1').exit(5);
    const file = `${made.layout.container(REF)}/exit.json`;
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('"drained":true'));
  };
  const composed = await start(made);
  await composed.shim.wait(REF, 'drained');
  expect(types(await recorded(made, composed))).toEqual(['create', 'start', 'exit', 'drained']);
});

test('a stop tells of its signals', async () => {
  const made = fixture();
  made.runtime.deadly = (signal) => signal === 9;
  const composed = await start(made);
  await composed.shim.stop(REF, { requestId: 's', timeoutMs: 20 });
  const events = await recorded(made, composed);
  expect(types(events)).toEqual(['create', 'start', 'kill', 'kill', 'exit', 'drained', 'stop']);
  expect(events.slice(2, 4).map(({ attributes }) => attributes['signal'])).toEqual([15, 9]);
});

test('a create that fails is no event', async () => {
  const made = fixture();
  made.runtime.before = (call) => {
    if (call.startsWith('create')) throw new Error('no');
  };
  const composed = made.compose();
  await expect(composed.shim.create(made.request())).rejects.toThrow('no');
  expect(await recorded(made, composed)).toEqual([]);
});

test('an exec tells of itself', async () => {
  const made = fixture();
  const composed = await start(made);
  const ref = { ...REF, execId: 'e1' };
  const process = { args: ['x'], cwd: '/' };
  await composed.shim.createExec(REF, { requestId: 'e', execId: 'e1', process, stdin: false, detached: true });
  await composed.shim.startExec(ref, { requestId: 'f' });
  const { pid } = made.runtime.process('e1');
  await made.runtime.process('e1').exit(7);
  await composed.shim.waitExec(ref);
  const events = (await recorded(made, composed)).slice(2);
  expect(events.map(({ type, attributes }) => [type, attributes])).toEqual([
    ['exec-create', { execId: 'e1' }],
    ['exec-start', { execId: 'e1', pid }],
    ['exec-exit', { execId: 'e1', pid, exitCode: 7, signal: null, occurredAt: EXITED_AT }],
  ]);
});

test('an exit while no shimd lived is told by the next one, after its recovery, with the time of the exit', async () => {
  const made = fixture();
  await start(made);
  made.keeper.onExit = () => undefined;
  await made.runtime.process('c1').exit(42);
  const next = made.compose();
  await next.containers.recover();
  await next.shim.wait(REF, 'drained');
  const events = await recorded(made, next);
  expect(types(events)).toEqual(['create', 'start', 'recovered', 'exit', 'drained']);
  expect(events[3]).toMatchObject({ time: events[2]?.time, attributes: { exitCode: 42, occurredAt: EXITED_AT } });
});

test('what a killed shimd did and did not get to tell is told by the next one, and nothing is told twice', async () => {
  const made = fixture();
  const first = await start(made);
  await first.events.flush();
  const path = made.layout.groupEvents('default');
  const [create = ''] = readFileSync(path, 'utf8').split('\n');
  await made.runtime.process('c1').exit(1);
  await first.shim.wait(REF, 'drained');
  await first.events.flush();
  // As if it had been killed after the records and before the events; exits of the fake keeper are old.
  const told = { ...(JSON.parse(create) as EventDocument), time: '2023-01-01T00:00:00.000Z' };
  writeFileSync(path, `${JSON.stringify(told)}\n`);
  for (const times of [1, 2]) {
    const next = made.compose();
    await next.containers.recover();
    const found = types(await recorded(made, next));
    expect(found.filter((type) => type !== 'recovered')).toEqual(['create', 'start', 'exit', 'drained']);
    expect(found.filter((type) => type === 'recovered')).toHaveLength(times);
  }
});

test('lost log records are told at once and at the end, not each by itself', async () => {
  const made = fixture();
  made.driver.onWrite = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  const composed = await start(made);
  const process = made.runtime.process('c1');
  for (let i = 1; i <= 3; i += 1) {
    process.print(`line ${i}\n`);
    await until(() => composed.containers.get(REF).losses.document().records === i);
  }
  await process.exit(0);
  await composed.shim.wait(REF, 'drained');
  const events = await recorded(made, composed);
  expect(types(events)).toEqual(['create', 'start', 'log-lost', 'exit', 'log-lost', 'drained']);
  const lost = events.filter(({ type }) => type === 'log-lost').map(({ attributes }) => attributes['records']);
  expect(lost).toEqual([1, 3]);
});

test('a state directory without a place for events keeps nothing from working', async () => {
  const made = new ShimFixture();
  mkdirSync(made.layout.groupEvents('default'), { recursive: true, mode: 0o700 });
  const composed = await start(made);
  await made.runtime.process('c1').exit(0);
  await expect(composed.shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 0 });
  await composed.events.flush();
  expect(made.logger.lines).toContain('error: events cannot be recorded');
});
