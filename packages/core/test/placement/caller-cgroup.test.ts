import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { callerCgroup, trackedPath, unitOf } from '../../src/placement/caller-cgroup.js';

it('looks where processes of a unit are tracked', () => {
  expect(trackedPath('0::/system.slice/web.service\n')).toEqual(['v2', '/system.slice/web.service']);
  expect(trackedPath('4:memory:/system.slice\n1:name=systemd:/system.slice/web.service\n0::/other\n')).toEqual([
    'name=systemd',
    '/system.slice/web.service',
  ]);
  expect(trackedPath('1:name=systemd:/\n0::/of/v2\n')).toEqual(['v2', '/of/v2']);
});

it('takes a controller for it only where nothing tracks units', () => {
  expect(trackedPath('4:memory:/container\n1:name=systemd:/\n0::/\n')).toEqual(['', '/']);
  expect(trackedPath('5:cpu,cpuacct:/\n4:memory:/container:x\n')).toEqual(['memory', '/container:x']);
});

it('stops at the unit: what it delegates lies below', () => {
  expect(unitOf('/system.slice/web.service/supervisor')).toBe('/system.slice/web.service');
  expect(unitOf('/user.slice/user@1000.service/app.slice/run-1.scope')).toBe(
    '/user.slice/user@1000.service/app.slice/run-1.scope',
  );
  expect(unitOf('/custom/place.services')).toBe('/custom/place.services');
});

it('refuses a caller that is in no cgroup of its own, or in one that the shim cannot reach', () => {
  // Which of the two it is depends on how this test was started.
  const [, path] = trackedPath(readFileSync('/proc/self/cgroup', 'utf8'));
  const code = path === '/' ? 'SHIM_INVALID_ARGUMENT' : 'SHIM_UNSUPPORTED';
  expect(() => callerCgroup(process.pid, [])).toThrow(expect.objectContaining({ code }));
});
