import { totalmem } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { StatsDocument } from '../../src/api/documents.js';
import type { ContainerCgroups } from '../../src/cgroups/container-cgroups.js';
import { readProcess } from '../../src/reaper/process-identity.js';
import { readStats } from '../../src/stats/container-stats.js';
import { cgroupTree } from '../support/cgroup-tree.js';

const REF = { namespace: 'default', id: 'c1', instance: 'i1' };

const OUTPUT = { stdout: { bytes: 5, records: 1 }, stderr: { bytes: 0, records: 0 } };
const output = (): typeof OUTPUT => OUTPUT;

function read(cgroups: ContainerCgroups): Promise<StatsDocument> {
  return readStats({
    ref: REF,
    pid: process.pid,
    startTime: String(readProcess(process.pid)?.startTime),
    cgroups,
    output,
  });
}

const V2_FILES = {
  'memory.current': '104857600\n',
  'memory.max': '134217728\n',
  'memory.stat': 'anon 1000\nfile 2000\ninactive_anon 9\ninactive_file 4857600\nactive_file 1\n',
  'cpu.stat': 'usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\nnr_periods 0\n',
  'pids.current': '7\n',
  'pids.max': 'max\n',
  'io.stat':
    '259:0 rbytes=8192 wbytes=4096 rios=2 wios=1 dbytes=512 dios=1\n8:16 rbytes=1 wbytes=2 rios=1 wios=1\n7:7 \n',
};

const V1_FILES = {
  'memory.usage_in_bytes': '104857600\n',
  'memory.limit_in_bytes': '9223372036854771712\n',
  'memory.stat': 'cache 1\ninactive_file 5\ntotal_cache 9\ntotal_inactive_file 4857600\n',
  'cpuacct.usage': '1234567890\n',
  'pids.current': '2\n',
  'pids.max': '64\n',
  'blkio.throttle.io_service_bytes':
    '8:0 Read 8192\n8:0 Write 4096\n8:0 Sync 12288\n8:0 Async 0\n8:0 Discard 1\n8:0 Total 12288\n8:16 Read 1\nTotal 12289\n',
};

describe('on v2', () => {
  test('every counter is read', async () => {
    expect(await read({ v1: {}, v2: cgroupTree(V2_FILES) })).toMatchObject({
      ...REF,
      cpu: { usageUs: 1_234_567 },
      memory: { usageBytes: 100_000_000, limitBytes: 134_217_728, hostBytes: totalmem() },
      pids: { current: 7, limit: null },
      blockIo: { readBytes: 8_193, writeBytes: 4_098 },
      output: OUTPUT,
    });
  });

  test('a controller that is not there is null', async () => {
    expect(await read({ v1: {}, v2: cgroupTree({ 'cpu.stat': 'usage_usec 5\n' }) })).toMatchObject({
      cpu: { usageUs: 5 },
      memory: null,
      pids: null,
      blockIo: null,
    });
  });

  test('no limit is null, and more cache than usage is no negative usage', async () => {
    const v2 = cgroupTree({ 'memory.current': '4096\n', 'memory.max': 'max\n', 'memory.stat': 'inactive_file 8192\n' });
    expect((await read({ v1: {}, v2 })).memory).toMatchObject({ usageBytes: 0, limitBytes: null });
  });
});

describe('on v1', () => {
  const all = (directory: string): ContainerCgroups => {
    return { v1: { memory: directory, cpuacct: directory, pids: directory, blkio: directory }, v2: null };
  };

  test('every counter is read', async () => {
    expect(await read(all(cgroupTree(V1_FILES)))).toMatchObject({
      cpu: { usageUs: 1_234_568 },
      memory: { usageBytes: 100_000_000, limitBytes: null },
      pids: { current: 2, limit: 64 },
      blockIo: { readBytes: 8_193, writeBytes: 4_096 },
    });
  });

  test('nested cgroups count where the kernel sums them up', async () => {
    const files = { ...V1_FILES, 'blkio.throttle.io_service_bytes_recursive': '8:0 Read 99\n8:0 Write 1\nTotal 100\n' };
    expect((await read(all(cgroupTree(files)))).blockIo).toEqual({ readBytes: 99, writeBytes: 1 });
  });
});

test('on a hybrid host, each controller is read where it is', async () => {
  const v1 = { memory: cgroupTree(V1_FILES) };
  const v2 = cgroupTree({ 'cpu.stat': 'usage_usec 5\n', 'pids.current': '1\n', 'pids.max': '9\n' });
  expect(await read({ v1, v2 })).toMatchObject({
    cpu: { usageUs: 5 },
    memory: { usageBytes: 100_000_000 },
    pids: { current: 1, limit: 9 },
    blockIo: null,
  });
});

test('a cgroup that has gone, and nonsense in its files, are no errors', async () => {
  expect(await read({ v1: { memory: '/nonexistent' }, v2: null })).toMatchObject({ memory: null, cpu: null });
  const v2 = cgroupTree({ 'memory.current': 'nonsense', 'cpu.stat': '', 'pids.current': '-1', 'io.stat': 'x' });
  expect(await read({ v1: {}, v2 })).toMatchObject({
    memory: null,
    cpu: null,
    pids: null,
    blockIo: { readBytes: 0, writeBytes: 0 },
  });
});

test('the network of the host is not told as the container’s, nor that of another process with its pid', async () => {
  expect((await read({ v1: {}, v2: null })).network).toBeNull();
  const stranger = await readStats({
    ref: REF,
    pid: process.pid,
    startTime: '1',
    cgroups: { v1: {}, v2: null },
    output,
  });
  expect(stranger.network).toBeNull();
});

test('the clock goes on from one reading to the next', async () => {
  const first = await read({ v1: {}, v2: null });
  const second = await read({ v1: {}, v2: null });
  expect(second.clockMs).toBeGreaterThan(first.clockMs);
});
