import { expect, test } from 'vitest';
import { parseHierarchies } from '../../src/placement/hierarchies.js';

test('pure v2 is one hierarchy', () => {
  const mounts = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
  expect(parseHierarchies('0::/user.slice/session-1.scope\n', mounts)).toEqual([
    { name: 'v2', version: 2, controllers: [], mountPoints: ['/sys/fs/cgroup'] },
  ]);
});

test('hybrid: joined controllers, a named hierarchy and v2 each find their mount', () => {
  const cgroups = '4:cpu,cpuacct:/a\n2:cpuset:/\n1:name=systemd:/a:b\n0::/a\n';
  const mounts = [
    '24 20 0:21 / / rw - ext4 /dev/vda rw',
    '31 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    '32 30 0:29 / /sys/fs/cgroup/systemd rw shared:9 master:2 - cgroup cgroup rw,xattr,name=systemd',
    '33 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
    '34 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset',
  ].join('\n');
  expect(parseHierarchies(cgroups, mounts).map(({ name, mountPoints }) => [name, ...mountPoints])).toEqual([
    ['cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct'],
    ['cpuset', '/sys/fs/cgroup/cpuset'],
    ['name=systemd', '/sys/fs/cgroup/systemd'],
    ['v2', '/sys/fs/cgroup/unified'],
  ]);
});

test('the mount that shows most comes first, and octal escapes are undone', () => {
  const mounts =
    '1 0 0:1 /docker/x /inner rw - cgroup cgroup rw,pids\n2 0 0:1 / /with\\040space rw - cgroup cgroup rw,pids\n';
  expect(parseHierarchies('3:pids:/\n', mounts)[0]?.mountPoints).toEqual(['/with space', '/inner']);
});

test('a hierarchy without a mount has none, and lines that are none are passed over', () => {
  expect(parseHierarchies('3:pids:/\nrubbish\n\n', 'rubbish - \n\n')).toEqual([
    { name: 'pids', version: 1, controllers: ['pids'], mountPoints: [] },
  ]);
});
