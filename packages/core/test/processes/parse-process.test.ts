import { expect, test } from 'vitest';
import { listProcesses } from '../../src/processes/list-processes.js';
import { parseProcess } from '../../src/processes/parse-process.js';

const STATUS = 'Name:\tsh\nUid:\t1000\t1001\t1000\t1000\nVmRSS:\t  128 kB\nNSpid:\t4242\t77\t3\n';
const stat = (name: string): string =>
  `4242 (${name}) S 41 4242 4242 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 12345 1000 32 18446744073709551615 0`;

test('what the kernel says of a process is read', () => {
  expect(parseProcess({ pid: 4242, stat: stat('sh'), status: STATUS, uptimeMs: 200_000 })).toEqual({
    pid: 4242,
    containerPid: 3,
    ppid: 41,
    uid: 1001,
    state: 'S',
    cpuMs: 2_000,
    elapsedMs: 76_550,
    residentBytes: 131_072,
    name: 'sh',
  });
});

test('a name may hold anything', () => {
  const name = ') R 1 1 (\n) 9';
  expect(parseProcess({ pid: 4242, stat: stat(name), status: STATUS, uptimeMs: 0 })).toMatchObject({
    name,
    ppid: 41,
    state: 'S',
    elapsedMs: 0,
  });
});

test('a zombie uses no memory, and a kernel without pid namespaces has one pid', () => {
  expect(parseProcess({ pid: 4242, stat: stat('z'), status: 'Uid:\t0\t0\t0\t0\n', uptimeMs: 0 })).toMatchObject({
    residentBytes: 0,
    containerPid: 4242,
  });
});

test.each(['', '4242', '4242 (sh) S 1'])('%j is no process', (text) => {
  expect(parseProcess({ pid: 4242, stat: text, status: STATUS, uptimeMs: 0 })).toBeUndefined();
});

test('processes that have ended are left out', async () => {
  const [first, ...others] = await listProcesses([process.pid, 2 ** 30]);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ pid: process.pid, ppid: process.ppid, uid: process.getuid?.() });
  expect(first?.residentBytes).toBeGreaterThan(1 << 20);
  expect(first?.elapsedMs).toBeGreaterThan(0);
});
