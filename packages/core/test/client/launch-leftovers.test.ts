import { closeSync, existsSync, mkdirSync, utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { clearLeftovers } from '../../src/client/leftovers.js';
import { StateLayout } from '../../src/state/layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

it('removes launch sockets that keepers have left behind, not those that are served or just being made', async () => {
  const layout = new StateLayout(temporaryDirectory());
  mkdirSync(layout.launchSockets, { mode: 0o700 });
  const [dead, young, served] = ['dead', 'young', 'served'].map((kind) => layout.launchSocket(kind)) as [
    string,
    string,
    string,
  ];
  for (const path of [dead, young]) closeSync(native.seqpacketListen(path, 0o600, 1));
  const listener = native.seqpacketListen(served, 0o600, 1);
  for (const path of [dead, served]) utimesSync(path, 0, 0);
  expect(await clearLeftovers(layout, new Set())).toEqual([{ kind: 'socket', where: dead }]);
  expect([dead, young, served].map((path) => existsSync(path))).toEqual([false, true, true]);
  closeSync(listener);
});
