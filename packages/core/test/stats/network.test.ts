import { expect, test } from 'vitest';
import { sumInterfaces } from '../../src/stats/network.js';

test('all interfaces but the loopback are summed up', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 1000       1    0    0    0     0          0         0  1000       1    0    0    0     0       0          0',
    '  eth0:20       1    0    0    0     0          0         0        3       1    0    0    0     0       0          0',
    '  eth1: 300       1    0    0    0     0          0         0       40       1    0    0    0     0       0          0',
    '',
  ].join('\n');
  expect(sumInterfaces(text)).toEqual({ receivedBytes: 320, sentBytes: 43 });
  expect(sumInterfaces('')).toEqual({ receivedBytes: 0, sentBytes: 0 });
});
