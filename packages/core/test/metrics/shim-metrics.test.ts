import { beforeEach, expect, test } from 'vitest';
import { parseExposition, valueOf } from '../../../../test/support/exposition.js';
import type { ShimService } from '../../src/api/shim-service.js';
import { METRICS } from '../../src/metrics/metric-table.js';
import { driverCounters } from '../../src/metrics/counters.js';
import type { Containers } from '../../src/lifecycle/containers.js';
import { exitedWith } from '../support/fake-keeper.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

const C1 = { namespace: 'default', container: 'c1' };
const FAKE = { ...C1, driver: 'fake' };
let fixture: ShimFixture;
let shim: ShimService;
let containers: Containers;

beforeEach(async () => {
  fixture = new ShimFixture();
  ({ shim, containers } = fixture.compose());
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 's' });
});

async function value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  return valueOf(await shim.metrics(), name, labels);
}

async function end(): Promise<void> {
  await fixture.runtime.process('c1').exit(0);
  await shim.wait(REF, 'drained');
}

test('every metric of the table is told, but for what shimctl adds', async () => {
  fixture.driver.onWrite = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  fixture.runtime.process('c1').print('lost\n');
  await until(() => containers.get(REF).losses.document().records === 1);
  const families = parseExposition(await shim.metrics());
  expect([...families.keys()]).toEqual(Object.keys(METRICS).filter((name) => name !== 'holdfast_up'));
  for (const [name, { samples }] of families) {
    const { labels } = METRICS[name as keyof typeof METRICS];
    for (const sample of samples) expect(Object.keys(sample.labels), name).toEqual(['group', ...labels]);
  }
});

test('containers are counted by state, and an ended one has no series of its own any more', async () => {
  expect(await value('holdfast_containers', { state: 'running' })).toBe(1);
  expect(await value('holdfast_containers', { state: 'stopped' })).toBe(0);
  expect(await shim.metrics()).toContain('container="c1"');
  await end();
  expect(await value('holdfast_containers', { state: 'stopped' })).toBe(1);
  expect(await shim.metrics()).not.toContain('container="c1"');
});

test('what a container writes is counted by stream, in metrics, inspect and stats', async () => {
  const process = fixture.runtime.process('c1');
  process.print('one\ntwo\n');
  process.print('oops\n', 'stderr');
  await until(() => fixture.driver.records.length === 3);
  const output = { stdout: { bytes: 8, records: 2 }, stderr: { bytes: 5, records: 1 } };
  for (const [stream, { bytes, records }] of Object.entries(output)) {
    expect(await value('holdfast_container_log_bytes_total', { ...C1, stream })).toBe(bytes);
    expect(await value('holdfast_container_log_records_total', { ...C1, stream })).toBe(records);
  }
  expect((await shim.inspect(REF)).counters).toMatchObject({ output, execs: 0, drivers: { fake: { queuedBytes: 0 } } });
  expect((await shim.stats(REF)).output).toEqual(output);
});

test('losses are counted by driver, stream and reason, and of the group for good', async () => {
  fixture.driver.onWrite = () => Promise.reject(Object.assign(new Error('no'), { code: 'E"\n\\' }));
  fixture.runtime.process('c1').print('lost\n', 'stderr');
  await until(() => containers.get(REF).losses.document().records === 1);
  const labels = { ...FAKE, stream: 'stderr', reason: 'E"\n\\' };
  expect(await value('holdfast_container_lost_records_total', labels)).toBe(1);
  expect(await value('holdfast_container_lost_bytes_total', labels)).toBe(5);
  // Told at the very end.
  fixture.driver.onClose = () => 4;
  await end();
  expect(await value('holdfast_lost_records_total')).toBe(5);
  await shim.delete(REF, { requestId: 'd', force: false });
  expect(await value('holdfast_lost_records_total')).toBe(5);
  expect(await value('holdfast_lost_bytes_total')).toBe(5);
});

test('losses of before are the container’s, and not those of a new shimd', async () => {
  fixture.driver.onWrite = () => Promise.reject(new Error('no'));
  fixture.runtime.process('c1').print('lost\n');
  await until(() => containers.get(REF).records.runtime.lost.records === 1);
  const next = fixture.compose();
  await next.containers.recover();
  const text = await next.shim.metrics();
  expect(valueOf(text, 'holdfast_container_lost_records_total', FAKE)).toBe(1);
  expect(valueOf(text, 'holdfast_lost_records_total')).toBe(0);
});

test('the counters of drivers are told', async () => {
  const counters = driverCounters(containers.get(REF).counters, 'fake');
  Object.assign(counters, { queuedRecords: 1, queuedBytes: 2, spilledBytes: 3, writes: 4, writeSeconds: 0.5 });
  Object.assign(counters, { flushes: 6, flushSeconds: 0.7, failures: 8, restarts: 9, records: 10, bytes: 11 });
  const text = await shim.metrics();
  const told = (name: string): number | undefined => valueOf(text, `holdfast_log_driver_${name}`, FAKE);
  const queue = ['queue_records', 'queue_bytes', 'spilled_bytes'].map(told);
  const calls = ['write_seconds_count', 'write_seconds_sum', 'flush_seconds_count', 'flush_seconds_sum'].map(told);
  expect([queue, calls]).toEqual([
    [1, 2, 3],
    [4, 0.5, 6, 0.7],
  ]);
  expect(['failures_total', 'restarts_total', 'records_total', 'bytes_total'].map(told)).toEqual([8, 9, 10, 11]);
});

test('exec sessions that were started are counted, with their time; one that failed is not', async () => {
  const exec = { process: { args: ['ls'], cwd: '/' }, stdin: false, detached: true };
  await shim.createExec(REF, { ...exec, requestId: 'a', execId: 'e1' });
  await shim.startExec({ ...REF, execId: 'e1' }, { requestId: 'b' });
  await shim.createExec(REF, { ...exec, requestId: 'c', execId: 'e2' });
  fixture.runtime.before = () => Promise.reject(new Error('no such program'));
  await expect(shim.startExec({ ...REF, execId: 'e2' }, { requestId: 'd' })).rejects.toThrow();
  expect(await value('holdfast_container_exec_start_seconds_count', C1)).toBe(1);
  expect(await value('holdfast_container_exec_start_seconds_sum', C1)).toBeGreaterThan(0);
  expect((await shim.inspect(REF)).counters).toMatchObject({ execs: 1 });
});

test('exits are counted, of orphans apart', async () => {
  const tracked = await value('holdfast_reaped_processes_total', { kind: 'tracked' });
  const { pid } = await fixture.keeper.adopt();
  await fixture.keeper.exit(pid, exitedWith(0));
  expect(await value('holdfast_reaped_processes_total', { kind: 'orphan' })).toBe(1);
  await end();
  expect(await value('holdfast_reaped_processes_total', { kind: 'tracked' })).toBe((tracked ?? NaN) + 1);
});

test('the shim tells of itself', async () => {
  const text = await shim.metrics();
  expect(valueOf(text, 'holdfast_build_info', { version: '0.0.0', node: process.version, group: 'default' })).toBe(1);
  expect(valueOf(text, 'holdfast_shimd_restarts_total')).toBe(0);
  const told = (name: string): number => valueOf(text, `holdfast_${name}`) ?? NaN;
  expect(told('process_resident_memory_bytes')).toBeGreaterThan(told('process_heap_bytes'));
  expect(told('process_open_fds')).toBeGreaterThan(2);
  expect(told('process_open_fds')).toBeLessThan(told('process_max_fds'));
  expect(told('process_start_time_seconds')).toBeLessThan(Date.now() / 1000);
  expect(told('event_loop_delay_seconds')).toBeGreaterThan(0);
  expect(told('event_loop_active_seconds_total')).toBeGreaterThan(0);
});
