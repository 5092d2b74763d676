import { closeSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeGroupLock } from '../../src/client/group-lock.js';
import { clearGroup } from '../../src/client/leftovers.js';
import { openDirectory } from '../../src/client/open-below.js';
import { StateLayout } from '../../src/state/layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Two groups, as keepers have left them. */
function leftGroups(): StateLayout {
  const layout = new StateLayout(temporaryDirectory());
  for (const group of ['a', 'b']) {
    mkdirSync(layout.group(group), { recursive: true, mode: 0o700 });
    for (const path of [layout.groupLock(group), layout.groupLog(group)]) writeFileSync(path, '');
  }
  return layout;
}

it('removes what a group has left, and no other', async () => {
  const layout = leftGroups();
  expect(await clearGroup(layout, 'a')).toBe(true);
  expect(['a', 'b'].map((group) => existsSync(layout.group(group)))).toEqual([false, true]);
  expect(await clearGroup(layout, 'a')).toBe(true);
});

it('leaves a group whose lock somebody holds', async () => {
  const layout = leftGroups();
  const directory = openDirectory(layout.group('a'));
  const lock = (await takeGroupLock(directory)) as number;
  expect(await clearGroup(layout, 'a')).toBe(false);
  expect(existsSync(layout.groupLog('a'))).toBe(true);
  for (const fd of [lock, directory.fd]) closeSync(fd);
  expect(await clearGroup(layout, 'a')).toBe(true);
});

it('leaves a group that has containers', async () => {
  const layout = leftGroups();
  const container = layout.container({ namespace: 'n', id: 'c' });
  mkdirSync(container, { recursive: true, mode: 0o700 });
  writeFileSync(join(container, 'request.json'), JSON.stringify({ schema: 1, group: 'a' }));
  expect(await clearGroup(layout, 'a')).toBe(false);
  expect(existsSync(layout.groupLog('a'))).toBe(true);
  expect(await clearGroup(layout, 'b')).toBe(true);
});
