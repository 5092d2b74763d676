import { describe, expect, it } from 'vitest';
import { cgroupMode } from '../../../src/cli/doctor/cgroup-mode.js';
import { mountOf, parseMounts } from '../../../src/cli/doctor/mounts.js';
import { MOUNTINFO } from '../support/fake-system.js';

describe('parseMounts', () => {
  it('reads path, type, source and the options of both kinds, unescaped', () => {
    const line = '36 35 98:0 / /mnt/a\\040b rw,noatime master:1 - ext3 /dev/root\\011x rw,errors=continue';
    expect(parseMounts(`${line}\nnonsense\n`)).toEqual([
      { path: '/mnt/a b', type: 'ext3', source: '/dev/root\tx', options: ['rw', 'noatime', 'rw', 'errors=continue'] },
    ]);
  });
});

describe('mountOf', () => {
  const mounts = parseMounts(
    ['1 0 0:1 / / rw - ext4 a rw', '2 1 0:2 / /mnt rw - nfs b rw', '3 2 0:3 / /mnt rw - tmpfs c rw'].join('\n'),
  );

  it('is the nearest mount above, and of two on one place the later', () => {
    expect(mountOf(mounts, '/mnt/x')?.source).toBe('c');
    expect(mountOf(mounts, '/mntx')?.source).toBe('a');
    expect(mountOf([], '/')).toBeUndefined();
  });
});

describe('cgroupMode', () => {
  it.each(['v1', 'v2', 'hybrid'] as const)('knows %s', (mode) => {
    expect(cgroupMode(parseMounts(MOUNTINFO[mode]))).toBe(mode);
  });

  it('knows a host without', () => {
    expect(cgroupMode(parseMounts(''))).toBe('none');
  });
});
