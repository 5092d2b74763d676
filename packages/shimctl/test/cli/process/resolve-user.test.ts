import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveUser } from '../../../src/cli/process/resolve-user.js';
import { temporaryBundle, temporaryDirectory } from '../support/temporary-bundle.js';

const BASE = { uid: 5, gid: 6, additionalGids: [7], umask: 0o22 };

function rootfs(): string {
  return join(temporaryBundle(), 'rootfs');
}

function resolve(text: string, root = rootfs()) {
  return resolveUser(text, BASE, () => root);
}

describe('resolveUser', () => {
  it('takes numbers without a look at the rootfs, and drops the groups of another user', async () => {
    const never = (): string => {
      throw new Error('looked');
    };
    expect(await resolveUser('1000:2000', BASE, never)).toEqual({ uid: 1000, gid: 2000, umask: 0o22 });
    expect(await resolveUser('1000', BASE, never)).toEqual({ uid: 1000, gid: 6, umask: 0o22 });
  });

  it('looks a name up with its group and the groups it is a member of', async () => {
    expect(await resolve('www')).toEqual({ uid: 33, gid: 34, additionalGids: [50, 51], umask: 0o22 });
    expect(await resolve('root')).toEqual({ uid: 0, gid: 0, additionalGids: [50], umask: 0o22 });
  });

  it('takes the group alone that is named', async () => {
    expect(await resolve('www:audio')).toEqual({ uid: 33, gid: 51, umask: 0o22 });
    expect(await resolve('www:9')).toEqual({ uid: 33, gid: 9, umask: 0o22 });
    expect(await resolve('8:logs')).toEqual({ uid: 8, gid: 50, umask: 0o22 });
  });

  it.each(['', ':', ':3', 'www:', '1:2:3', '4294967295', '1:4294967295', '99999999999999999999'])(
    'refuses %j',
    async (text) => {
      await expect(resolve(text)).rejects.toMatchObject({ code: 'SHIM_INVALID_ARGUMENT', where: '--user' });
    },
  );

  it.each([
    ['nobody', 'the container has no user "nobody"'],
    ['rot', 'the container has no user "rot", did you mean "root"?'],
    ['www:audi', 'the container has no group "audi", did you mean "audio"?'],
  ])('says what it did not find for %s', async (text, message) => {
    await expect(resolve(text)).rejects.toMatchObject({ code: 'SHIM_INVALID_ARGUMENT', message });
  });

  it('takes no id from an entry that is broken', async () => {
    const root = rootfs();
    writeFileSync(join(root, 'etc', 'passwd'), 'a:x::\nb:x:-1:0\nc\n');
    for (const name of ['a', 'b', 'c'])
      await expect(resolve(name, root)).rejects.toMatchObject({
        message: expect.stringContaining('has no user') as string,
      });
  });
});

describe('a rootfs that wants to be followed elsewhere', () => {
  const STOPPED = { code: 'SHIM_INVALID_ARGUMENT', message: expect.stringContaining('symbolic link') as string };

  function elsewhere(): string {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'passwd'), 'www:x:0:0::/:/bin/sh\n');
    return directory;
  }

  it('does not follow a symbolic link at /etc', async () => {
    const root = rootfs();
    rmSync(join(root, 'etc'), { recursive: true });
    symlinkSync(elsewhere(), join(root, 'etc'));
    await expect(resolve('www', root)).rejects.toMatchObject(STOPPED);
  });

  it('does not follow a symbolic link at /etc/passwd', async () => {
    const root = rootfs();
    rmSync(join(root, 'etc', 'passwd'));
    symlinkSync(join(elsewhere(), 'passwd'), join(root, 'etc', 'passwd'));
    await expect(resolve('www', root)).rejects.toMatchObject(STOPPED);
  });

  it('does not wait for a FIFO', async () => {
    const root = rootfs();
    rmSync(join(root, 'etc', 'passwd'));
    execFileSync('mkfifo', [join(root, 'etc', 'passwd')]);
    await expect(resolve('www', root)).rejects.toMatchObject({
      message: expect.stringContaining('no regular file') as string,
    });
  });

  it('does not read a directory or a file without end', async () => {
    const root = rootfs();
    truncateSync(join(root, 'etc', 'passwd'), 5 << 20);
    await expect(resolve('www', root)).rejects.toMatchObject({
      message: expect.stringContaining('no regular file') as string,
    });
    renameSync(join(root, 'etc', 'passwd'), join(root, 'etc', 'old'));
    mkdirSync(join(root, 'etc', 'passwd'));
    await expect(resolve('www', root)).rejects.toMatchObject({
      message: expect.stringContaining('no regular file') as string,
    });
  });

  it('says that a rootfs has no such file', async () => {
    const root = rootfs();
    rmSync(join(root, 'etc'), { recursive: true });
    await expect(resolve('www', root)).rejects.toMatchObject({
      message: "cannot look the name up in the container's rootfs: it does not exist",
      where: join(root, 'etc', 'passwd'),
    });
  });
});
