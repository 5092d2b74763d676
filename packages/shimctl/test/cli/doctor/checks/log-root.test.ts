import { describe, expect, it } from 'vitest';
import { checkLogRoot } from '../../../../src/cli/doctor/checks/log-root.js';
import { examine } from '../../support/doctor-subject.js';
import type { FakeSystem } from '../../support/fake-system.js';
import type { Space } from '../../../../src/cli/doctor/system.js';

const on = (space: Partial<Space>) => (system: FakeSystem) => (system.spaces['/var/log/holdfast'] = space);

describe('the log directory check', () => {
  it('tells where logs go and how much room is left', async () => {
    expect(await examine(checkLogRoot)).toMatchObject([
      { verdict: 'ok', found: '/var/log/holdfast on ext4 /dev/vda1, 50.0 GiB free; drivers: file' },
    ]);
  });

  it.each<[string, Partial<Space>, string]>([
    ['a tmpfs', { type: 'tmpfs', source: 'tmpfs' }, 'on tmpfs tmpfs: logs take memory'],
    ['a disk with less than 1 GiB', { bytes: 2 ** 32, freeBytes: 2 ** 29 }, '512 MiB of 4.0 GiB free'],
    ['a disk that is nine tenths full', { bytes: 2 ** 40, freeBytes: 2 ** 36 }, '64.0 GiB of 1.0 TiB free'],
    ['a disk without inodes', { inodes: 1000, freeInodes: 3 }, '3 of 1000 inodes free'],
  ])('warns of %s', async (_title, space, found) => {
    const [finding] = await examine(checkLogRoot, on(space));
    expect(finding).toMatchObject({ verdict: 'warn', found: expect.stringContaining(found) as string });
  });

  it('does not take a file system without inode counts for a full one', async () => {
    expect(await examine(checkLogRoot, on({ inodes: 0, freeInodes: 0 }))).toMatchObject([{ verdict: 'ok' }]);
  });

  it('fails for a file in the way, and for a directory that others can write', async () => {
    const file = await examine(checkLogRoot, (system) => {
      system.statuses['/var/log/holdfast'] = { type: 'file', mode: 0o644, uid: 0 };
    });
    expect(file).toMatchObject([{ verdict: 'fail', found: '/var/log/holdfast is no directory' }]);
    const open = await examine(checkLogRoot, (system) => {
      system.statuses['/var/log/holdfast'] = { type: 'directory', mode: 0o777, uid: 0 };
    });
    expect(open).toMatchObject([{ verdict: 'fail', found: 'others can write /var/log/holdfast' }]);
  });
});
