import { describe, expect, it } from 'vitest';
import { cgroupFile } from '../support/cgroup-files.js';
import { IdleContainer } from '../support/idle-container.js';
import { RUNTIMES } from '../support/runtimes.js';

describe.each(RUNTIMES)('update on real %s', (runtime) => {
  it('changes what is named, and nothing else', async () => {
    const { bench } = await IdleContainer.start(runtime);
    const { pid } = await bench.inspect('c1');
    expect(await bench.ok('update', '--memory', '64m', '--pids-limit', '40', 'c1')).toBe('');
    expect(await bench.ok('update', '--cpus', '0.5', '--cpu-shares', '512', '--cpuset-cpus', '0', 'c1')).toBe('');
    expect({
      memory: cgroupFile(pid, 'memory', 'memory.limit_in_bytes'),
      pids: cgroupFile(pid, 'pids', 'pids.max'),
      quota: cgroupFile(pid, 'cpu', 'cpu.cfs_quota_us'),
      period: cgroupFile(pid, 'cpu', 'cpu.cfs_period_us'),
      shares: cgroupFile(pid, 'cpu', 'cpu.shares'),
      cpus: cgroupFile(pid, 'cpuset', 'cpuset.cpus'),
    }).toEqual({
      memory: String(64 << 20),
      pids: '40',
      quota: '50000',
      period: '100000',
      shares: '512',
      cpus: '0',
    });
  });

  it('takes resources as JSON from stdin, also of a paused container', async () => {
    const { bench } = await IdleContainer.start(runtime);
    const { pid } = await bench.inspect('c1');
    await bench.ok('pause', 'c1');
    const input = JSON.stringify({ memory: { limit: 128 << 20 } });
    const { exitCode, stderr } = await bench.shimctl(['update', '--resources', '-', 'c1'], { stdin: 'pipe', input });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(cgroupFile(pid, 'memory', 'memory.limit_in_bytes')).toBe(String(128 << 20));
    expect(await bench.inspect('c1')).toMatchObject({ status: 'paused' });
  });

  it('says what is wrong: here, in the shim, or in the words of the runtime', async () => {
    const { bench } = await IdleContainer.start(runtime);
    const refused = async (code: string, ...args: string[]): Promise<string> => {
      const { exitCode, stderr } = await bench.shimctl(['update', ...args, 'c1']);
      expect({ exitCode, stderr }).toMatchObject({ stderr: expect.stringContaining(code) as string });
      expect(exitCode).not.toBe(0);
      return String(stderr);
    };
    await refused('SHIM_USAGE', '--memory', '64x');
    const input = JSON.stringify({ memory: { limit: 'much' } });
    const wrong = await bench.shimctl(['update', '--resources', '-', 'c1'], { stdin: 'pipe', input });
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SHIM_INVALID_ARGUMENT') as string });
    expect(wrong.stderr).toContain('resources.memory.limit');
    expect(await refused('SHIM_', '--cpuset-cpus', '999')).toContain('cpuset.cpus');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running' });
  });
});
