import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePackage } from '../../src/plugins/resolve-package.js';
import { makeDirectory, referenceTo, writeFiles } from './plugin-files.js';

describe('resolvePackage', () => {
  let home: Awaited<ReturnType<typeof makeDirectory>>;

  beforeEach(async () => {
    home = await makeDirectory();
  });
  afterEach(() => home.remove());

  async function install(name: string, packageJson: object, files: readonly string[]): Promise<string> {
    const base = `node_modules/${name}`;
    const contents = Object.fromEntries(files.map((file) => [`${base}/${file}`, '']));
    await writeFiles(home.path, { ...contents, [`${base}/package.json`]: JSON.stringify(packageJson) });
    return join(home.path, base);
  }
  const find = (text: string, directory = home.path) => resolvePackage(referenceTo(text, directory));

  it('takes the "import" entry of a scoped package that is ESM only', async () => {
    const exports = { '.': { types: './index.d.ts', require: './no.cjs', import: './dist/index.js' } };
    const base = await install('@acme/log-x', { exports }, ['dist/index.js']);
    expect(await find('@acme/log-x')).toBe(join(base, 'dist/index.js'));
  });

  it.each([
    ['a string', './a.js'],
    ['conditions at the top', { import: './a.js', default: './no.js' }],
    ['nested conditions', { '.': { node: { import: { default: './a.js' } }, default: './no.js' } }],
    ['the first of an array that can be used', ['a.js', './a.js']],
    ['default after conditions that do not hold', { browser: './no.js', default: './a.js' }],
  ])('reads "exports" given as %s', async (_, exports) => {
    const base = await install('x', { exports }, ['a.js']);
    expect(await find('x')).toBe(join(base, 'a.js'));
  });

  it.each([
    [{ main: './lib/main.js' }, 'lib/main.js'],
    [{ main: 'lib/main' }, 'lib/main.js'],
    [{ main: 'lib' }, 'lib/index.js'],
    [{}, 'index.js'],
  ])('without "exports" reads "main" as Node does: %j', async (packageJson, file) => {
    const base = await install('x', packageJson, [file]);
    expect(await find('x')).toBe(join(base, file));
  });

  it('finds a subpath that "exports" names, and no other', async () => {
    const base = await install('x', { exports: { '.': './a.js', './b': './b.js' } }, ['a.js', 'b.js']);
    expect(await find('x/b')).toBe(join(base, 'b.js'));
    await expect(find('x/a.js')).rejects.toMatchObject({ code: 'SHIM_PLUGIN_NOT_FOUND' });
  });

  it('looks in every directory above, the nearest first', async () => {
    const deep = join(home.path, 'a/b');
    await mkdir(deep, { recursive: true });
    const base = await install('x', {}, ['index.js']);
    expect(await find('x', deep)).toBe(join(base, 'index.js'));
    await writeFiles(home.path, { 'a/node_modules/x/package.json': '{}', 'a/node_modules/x/index.js': '' });
    expect(await find('x', deep)).toBe(join(home.path, 'a/node_modules/x/index.js'));
  });

  it.each([
    { exports: { '.': '../../evil.js' } },
    { exports: './node_modules/y/a.js' },
    { exports: { './a': './a.js' } },
    { exports: { import: null, default: './a.js' } },
    { exports: './none.js' },
  ])('refuses a package whose entry leaves it or is missing: %j', async (packageJson) => {
    await install('x', packageJson, ['a.js', 'node_modules/y/a.js']);
    await writeFiles(home.path, { 'evil.js': '' });
    await expect(find('x')).rejects.toMatchObject({ code: 'SHIM_PLUGIN_NOT_FOUND' });
  });

  it.each(['none', '@acme/none', '@acme', '..', 'x/../../y', '', '.hidden', 'a b'])(
    'knows no package "%s"',
    async (name) => {
      await writeFiles(home.path, { 'y/package.json': '{}', 'y/index.js': '' });
      expect(await find(name)).toBeUndefined();
    },
  );
});
