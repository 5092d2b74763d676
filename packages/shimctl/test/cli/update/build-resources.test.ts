import { describe, expect, it } from 'vitest';
import { buildResources, type ResourceFlags } from '../../../src/cli/update/build-resources.js';

const built = (flags: ResourceFlags): object => buildResources(flags, {});

describe('resources of the flags', () => {
  it.each<[ResourceFlags, object]>([
    [{ memory: '1048576' }, { memory: { limit: 1_048_576 } }],
    [{ memory: '-1', memorySwap: '-1' }, { memory: { limit: -1, swap: -1 } }],
    [{ memorySwap: '2g' }, { memory: { swap: 2 ** 31 } }],
    [{ cpus: '0.5' }, { cpu: { quota: 50_000, period: 100_000 } }],
    [{ cpus: '2', cpuPeriod: '50000' }, { cpu: { quota: 100_000, period: 50_000 } }],
    [{ cpus: '0.000001' }, { cpu: { quota: 1_000, period: 100_000 } }],
    [{ cpuQuota: '-1' }, { cpu: { quota: -1 } }],
    [{ cpuPeriod: '20000' }, { cpu: { period: 20_000 } }],
    [{ cpuShares: '512' }, { cpu: { shares: 512 } }],
    [{ cpusetCpus: '0-2,4', cpusetMems: '0' }, { cpu: { cpus: '0-2,4', mems: '0' } }],
    [{ pidsLimit: '64' }, { pids: { limit: 64 } }],
    [{ blkioWeight: '10' }, { blockIO: { weight: 10 } }],
  ])('%j', (flags, resources) => {
    expect(built(flags)).toEqual(resources);
  });

  it.each<[ResourceFlags, string]>([
    [{ memory: '0' }, '--memory'],
    [{ memory: '-2' }, '--memory'],
    [{ memory: '9999999999g' }, '--memory'],
    [{ memorySwap: '1.5g' }, '--memory-swap'],
    [{ cpus: '0' }, '--cpus'],
    [{ cpus: '1e3' }, '--cpus'],
    [{ cpuQuota: '0' }, '--cpu-quota'],
    [{ cpuPeriod: '999' }, '--cpu-period'],
    [{ cpuShares: '1' }, '--cpu-shares'],
    [{ cpusetCpus: '0..3' }, '--cpuset-cpus'],
    [{ cpusetMems: '' }, '--cpuset-mems'],
    [{ pidsLimit: 'max' }, '--pids-limit'],
    [{ blkioWeight: '1001' }, '--blkio-weight'],
  ])('%j is refused', (flags, where) => {
    expect(() => built(flags)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE', where }) as Error);
  });

  it('go over what is there, part by part', () => {
    const base = { memory: { limit: 1, swap: 2 }, cpu: 'nonsense', unified: { a: 'b' } };
    expect(buildResources({ memory: '5', cpuShares: '2' }, base)).toEqual({
      memory: { limit: 5, swap: 2 },
      cpu: { shares: 2 },
      unified: { a: 'b' },
    });
  });
});
