import { chmod, chown, lchown, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOwnership } from '../../src/plugins/index.js';
import { makeDirectory, referenceTo, writeFiles } from './plugin-files.js';

const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;

describe('checkOwnership', () => {
  let home: Awaited<ReturnType<typeof makeDirectory>>;
  let file: string;

  beforeEach(async () => {
    home = await makeDirectory();
    await writeFiles(home.path, { 'safe/plugin.mjs': '' });
    file = join(home.path, 'safe/plugin.mjs');
  });
  afterEach(() => home.remove());

  const check = (path: string) => checkOwnership(path, referenceTo('./plugin.mjs', home.path));

  it('passes a file of this user below the sticky directory for temporary files', async () => {
    expect(await check(file)).toBe(file);
  });

  it.each([0o664, 0o646, 0o666])('refuses a file of mode %o and says how to mend it', async (mode) => {
    await chmod(file, mode);
    await expect(check(file)).rejects.toMatchObject({
      code: 'SHIM_PLUGIN_INSECURE',
      where: file,
      remedy: `chmod go-w ${file}`,
      message: expect.stringContaining(`(mode 0${mode.toString(8)})`) as string,
    });
  });

  it('refuses a file in a directory that its group can write', async () => {
    const directory = join(home.path, 'safe');
    await chmod(directory, 0o775);
    await expect(check(file)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INSECURE', where: directory });
  });

  it('refuses a file that others can write even in a sticky directory', async () => {
    await chmod(join(home.path, 'safe'), 0o1777);
    await chmod(file, 0o666);
    await expect(check(file)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INSECURE', where: file });
  });

  it.skipIf(!isRoot)('refuses a file of another user [giving files away takes root]', async () => {
    await chown(file, NOBODY, 0);
    await expect(check(file)).rejects.toMatchObject({ where: file, remedy: `chown root ${file}` });
  });

  it.skipIf(!isRoot)('refuses a directory of another user far above [giving files away takes root]', async () => {
    await chown(home.path, NOBODY, 0);
    await expect(check(file)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INSECURE', where: home.path });
  });

  it('gives the real path of a symbolic link', async () => {
    const link = join(home.path, 'link.mjs');
    await symlink('safe/../safe/plugin.mjs', link);
    expect(await check(link)).toBe(file);
  });

  it('refuses a link in a directory that others can write, though it leads to a safe file', async () => {
    const open = join(home.path, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    await symlink(file, join(open, 'link.mjs'));
    await expect(check(join(open, 'link.mjs'))).rejects.toMatchObject({ where: open });
  });

  it.skipIf(!isRoot)(
    'refuses a link of another user in a sticky directory [giving files away takes root]',
    async () => {
      await chmod(home.path, 0o1777);
      const link = join(home.path, 'link.mjs');
      await symlink(file, link);
      await lchown(link, NOBODY, 0);
      await expect(check(link)).rejects.toMatchObject({ where: link, remedy: `chown -h root ${link}` });
    },
  );

  it('refuses an unsafe directory that a safe link leads through', async () => {
    const open = join(home.path, 'open');
    await writeFiles(home.path, { 'open/plugin.mjs': '' });
    await chmod(open, 0o777);
    await symlink('open/plugin.mjs', join(home.path, 'link.mjs'));
    await expect(check(join(home.path, 'link.mjs'))).rejects.toMatchObject({ where: open });
  });

  it('says that there is no such file', async () => {
    await expect(check(join(home.path, 'none.mjs'))).rejects.toMatchObject({
      code: 'SHIM_PLUGIN_NOT_FOUND',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('refuses a directory, and gives up on links that go in circles', async () => {
    await expect(check(home.path)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_NOT_FOUND' });
    await symlink('loop.mjs', join(home.path, 'loop.mjs'));
    await expect(check(join(home.path, 'loop.mjs'))).rejects.toThrow('ELOOP');
  });
});
