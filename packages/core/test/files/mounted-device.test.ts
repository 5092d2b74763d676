import { expect, test } from 'vitest';
import { mountedDevice } from '../../src/files/mounted-device.js';

const MOUNTS = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /var/log rw - tmpfs tmpfs rw
24 22 0:6 /sub /var/log/a\\040b rw master:1 - nfs host:/x rw
25 23 0:7 / /var/log rw - ext4 /dev/sdb rw

`;

test.each([
  ['/', '8:1'],
  ['/var/logs/x', '8:1'],
  ['/var/log', '0:7'],
  ['/var/log/x/y.log', '0:7'],
  ['/var/log/a b/c1/container.log', '0:6'],
])('%s is on %s', (path, device) => {
  expect(mountedDevice(path, MOUNTS)).toBe(device);
});

test('without mounts it is on none', () => {
  expect(mountedDevice('/x', 'nonsense\n')).toBe('');
});
