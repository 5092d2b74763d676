import { expect, test } from 'vitest';
import { locateCgroups, parseCgroups } from '../../src/cgroups/locate.js';

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const V1 = [
  '33 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '34 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '35 30 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd',
].join('\n');
const UNIFIED = '31 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw';

test('on v2 there is one directory', () => {
  expect(parseCgroups('0::/holdfast/default/c1\n', V2)).toEqual({ v1: {}, v2: '/sys/fs/cgroup/holdfast/default/c1' });
});

test('on v1 and hybrid hosts there is one for each controller', () => {
  const cgroups = '4:cpu,cpuacct:/h/c1\n3:memory:/h/c1\n1:name=systemd:/h/c1\n0::/h/c1\n';
  expect(parseCgroups(cgroups, `${V1}\n${UNIFIED}\n`)).toEqual({
    v1: {
      cpu: '/sys/fs/cgroup/cpu,cpuacct/h/c1',
      cpuacct: '/sys/fs/cgroup/cpu,cpuacct/h/c1',
      memory: '/sys/fs/cgroup/memory/h/c1',
      'name=systemd': '/sys/fs/cgroup/systemd/h/c1',
    },
    v2: '/sys/fs/cgroup/unified/h/c1',
  });
});

test('a colon in a path belongs to it', () => {
  expect(parseCgroups('0::/a:b/c\n', V2).v2).toBe('/sys/fs/cgroup/a:b/c');
});

test('below a mount that shows a part of the hierarchy, the path is that part of it', () => {
  const mounts = '34 30 0:31 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';
  expect(parseCgroups('3:memory:/docker/x/h/c1\n', mounts).v1).toEqual({ memory: '/sys/fs/cgroup/memory/h/c1' });
  expect(parseCgroups('3:memory:/docker/xyz\n', mounts).v1).toEqual({});
});

test('a mount that shows the cgroup is preferred to one that shows more and not it', () => {
  const mounts = [
    '34 30 0:31 /other /mnt/other rw - cgroup cgroup rw,memory',
    '35 30 0:31 /docker /mnt/docker rw - cgroup cgroup rw,memory',
  ].join('\n');
  expect(parseCgroups('3:memory:/docker/c1\n', mounts).v1).toEqual({ memory: '/mnt/docker/c1' });
});

test.each(['/', '/../outside', '/a/../b'])('%s is nobody’s in particular, or out of sight', (path) => {
  expect(parseCgroups(`3:memory:${path}\n0::${path}\n`, `${V1}\n${UNIFIED}\n`)).toEqual({ v1: {}, v2: null });
});

test('rubbish has no cgroups, and a process that does not exist is nowhere', () => {
  expect(parseCgroups('rubbish\n\n', 'rubbish')).toEqual({ v1: {}, v2: null });
  expect(locateCgroups(2 ** 30)).toBeUndefined();
  expect(locateCgroups(process.pid)).toMatchObject({ v1: expect.any(Object) as object });
});
