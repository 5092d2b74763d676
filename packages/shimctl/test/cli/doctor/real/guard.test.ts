import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MountGuard } from '../../../../src/cli/doctor/real/guard.js';
import { temporaryDirectory } from '../../support/temporary-bundle.js';
import { CAN_MOUNT_FUSE, deadMount } from '../../../../../../test/support/dead-mount.js';

const reason = CAN_MOUNT_FUSE ? '' : ' (skipped: needs root and /dev/fuse)';

describe('MountGuard', () => {
  it('lets pass what lies on disks of this machine, through links as well', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'real'));
    symlinkSync('real', join(directory, 'relative'));
    symlinkSync(directory, join(directory, 'absolute'));
    const guard = new MountGuard();
    for (const path of ['none/at/all', 'relative/x', 'absolute/absolute/../relative']) {
      expect((await guard.pass(join(directory, path)))?.type).toBeDefined();
    }
  });

  it('follows no endless chain of links', async () => {
    const directory = temporaryDirectory();
    symlinkSync('loop', join(directory, 'loop'));
    expect((await new MountGuard().pass(join(directory, 'loop')))?.type).toBeDefined();
  });

  it.skipIf(!CAN_MOUNT_FUSE)(`stops before a file system that does not answer${reason}`, async () => {
    const directory = temporaryDirectory();
    deadMount(join(directory, 'dead'));
    symlinkSync(join(directory, 'dead', 'deep'), join(directory, 'link'));
    const guard = new MountGuard();
    const expected = {
      code: 'ETIMEDOUT',
      message: `the fuse file system at ${join(directory, 'dead')} does not answer`,
    };
    await expect(guard.pass(join(directory, 'link', 'x'))).rejects.toMatchObject(expected);
    await expect(guard.pass(join(directory, 'dead', 'x'))).rejects.toMatchObject(expected);
    expect(await guard.pass(directory)).toBeDefined();
  });
});
