import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { checkStateRoot } from '../../../../src/cli/doctor/checks/state-root.js';
import { examine } from '../../support/doctor-subject.js';
import type { FakeSystem } from '../../support/fake-system.js';

describe('the state directory check', () => {
  it('is content with a private directory, and with one that is to be made', async () => {
    expect(await examine(checkStateRoot)).toMatchObject([{ verdict: 'ok', found: '/run/holdfast on tmpfs' }]);
    const unmade = await examine(checkStateRoot, (system) => {
      delete system.statuses['/run/holdfast'];
      system.spaces['/run/holdfast'] = { at: '/run', type: 'tmpfs' };
    });
    expect(unmade).toMatchObject([{ verdict: 'ok', found: '/run/holdfast on tmpfs, not made yet' }]);
  });

  it.each<[string, (system: FakeSystem) => unknown, RegExp, RegExp]>([
    [
      'that all can write',
      (system) => (system.statuses['/run/holdfast'] = { type: 'directory', mode: 0o777, uid: 0 }),
      /uid 0 and has mode 0777/,
      /chmod 700 \/run\/holdfast/,
    ],
    [
      'of another user',
      (system) => (system.statuses['/run/holdfast'] = { type: 'directory', mode: 0o700, uid: 7 }),
      /belongs to uid 7/,
      /chown 0/,
    ],
    [
      'that is a link',
      (system) => (system.statuses['/run/holdfast'] = { type: 'link', mode: 0o777, uid: 0 }),
      /a symbolic link/,
      /Name the directory itself/,
    ],
    [
      'below one that all can write',
      (system) => (system.statuses['/run'] = { type: 'directory', mode: 0o777, uid: 0 }),
      /others can write \/run/,
      /chmod go-w \/run/,
    ],
    [
      'below /proc',
      (system) => {
        delete system.statuses['/run/holdfast'];
        system.spaces['/run/holdfast'] = { at: '/proc', type: 'proc' };
      },
      /on a proc file system, which takes no files/,
      /--root DIR/,
    ],
    [
      'on a read-only file system',
      (system) => (system.spaces['/run/holdfast'] = { readOnly: true }),
      /mounted read-only/,
      /--root DIR/,
    ],
    [
      'below a file',
      (system) => {
        delete system.statuses['/run/holdfast'];
        system.statuses['/run'] = { type: 'file', mode: 0o644, uid: 0 };
        system.spaces['/run/holdfast'] = { at: '/run' };
      },
      /can't be made: \/run is no directory/,
      /--root DIR/,
    ],
    [
      'whose socket path is too long',
      (system) => (system.socketFailure = new ShimError('SHIM_ROOT_TOO_LONG', 'over 107')),
      /over 107/,
      /shorter --root/,
    ],
  ])('fails for a directory %s', async (_title, change, found, remedy) => {
    const [finding] = await examine(checkStateRoot, change);
    expect(finding).toMatchObject({ verdict: 'fail', name: 'state' });
    expect(finding?.found).toMatch(found);
    expect(finding?.remedy).toMatch(remedy);
  });

  it('takes a sticky directory above it', async () => {
    const change = (system: FakeSystem): unknown =>
      (system.statuses['/run'] = { type: 'directory', mode: 0o1777, uid: 0 });
    expect(await examine(checkStateRoot, change)).toMatchObject([{ verdict: 'ok' }]);
  });

  it('warns of a full disk', async () => {
    const change = (system: FakeSystem): unknown =>
      (system.spaces['/run/holdfast'] = { bytes: 2 ** 30, freeBytes: 2 ** 20 });
    expect(await examine(checkStateRoot, change)).toMatchObject([
      { verdict: 'warn', found: '/run/holdfast: 1.0 MiB of 1.0 GiB free' },
    ]);
  });
});
