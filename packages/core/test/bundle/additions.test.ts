import { expect, it } from 'vitest';
import { additionsOf, addTo, hasAdditions } from '../../src/bundle/additions.js';

const SPEC = {
  process: { args: ['sh'], cwd: '/', env: ['PATH=/bin', 'LISTEN_FDS=9', 'LISTEN_FDSX=1'] },
  root: { path: 'r' },
};

it('adds nothing to a container that was asked for without a unit', () => {
  const additions = additionsOf({}, '/state', undefined);
  expect(hasAdditions(additions)).toBe(false);
  expect(addTo(SPEC, additions)).toEqual(SPEC);
});

it('tells a container of its descriptors in place of what its spec says', () => {
  const additions = additionsOf({ listenFds: { count: 2, names: 'http:https' } }, '/state', undefined);
  expect(addTo(SPEC, additions).process).toEqual({
    ...SPEC.process,
    env: ['PATH=/bin', 'LISTEN_FDSX=1', 'LISTEN_FDS=2', 'LISTEN_PID=1', 'LISTEN_FDNAMES=http:https'],
  });
  expect(addTo(SPEC, additionsOf({ listenFds: { count: 1 } }, '/state', undefined)).process.env).toEqual([
    'PATH=/bin',
    'LISTEN_FDSX=1',
    'LISTEN_FDS=1',
    'LISTEN_PID=1',
  ]);
});

it('mounts the directory of the NOTIFY_SOCKET read-only, after what the spec mounts', () => {
  const spec = { ...SPEC, mounts: [{ destination: '/run', type: 'tmpfs' }] };
  const additions = additionsOf({ notify: { watchdogUsec: '3000000', relayTo: '/run/x' } }, '/state', undefined);
  const { mounts, process } = addTo(spec, additions);
  expect(mounts).toEqual([
    { destination: '/run', type: 'tmpfs' },
    {
      destination: '/run/notify',
      type: 'bind',
      source: '/state/notify',
      options: ['bind', 'ro', 'nosuid', 'nodev', 'noexec'],
    },
  ]);
  expect(process.env?.slice(-2)).toEqual(['NOTIFY_SOCKET=/run/notify/notify.sock', 'WATCHDOG_USEC=3000000']);
});
