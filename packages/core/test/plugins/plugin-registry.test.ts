import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../src/plugins/index.js';
import { BUILT_INS, makeDirectory, pluginSource, referenceTo, writeFiles } from './plugin-files.js';

describe('PluginRegistry', () => {
  const registry = new PluginRegistry(BUILT_INS, { loadTimeoutMs: 300 });
  let home: Awaited<ReturnType<typeof makeDirectory>>;

  beforeEach(async () => {
    home = await makeDirectory();
  });
  afterEach(() => home.remove());

  const load = (text: string) => registry.load(referenceTo(text, home.path));

  describe('load', () => {
    it('loads a plugin by a path relative to where it is named, with the version of its package', async () => {
      await writeFiles(home.path, {
        'package.json': '{ "name": "my-driver", "version": "4.5.6" }',
        'dist/package.json': '{ "type": "module" }',
        'dist/mine.mjs': pluginSource('mine'),
      });
      const loaded = await load('./dist/mine.mjs');
      expect(loaded).toMatchObject({ path: join(home.path, 'dist/mine.mjs'), version: '4.5.6' });
      expect(loaded?.definition.name).toBe('mine');
    });

    it('gives 0.0.0 to a plugin outside of any package', async () => {
      await writeFiles(home.path, { 'package.json': '{ "name": "nameless" }', 'mine.mjs': pluginSource('mine') });
      expect(await load(join(home.path, 'mine.mjs'))).toMatchObject({ version: '0.0.0' });
    });

    it('loads a plugin by the name of its package', async () => {
      await writeFiles(home.path, {
        'node_modules/@acme/log-x/package.json': '{ "name": "@acme/log-x", "version": "2.0.0", "exports": "./x.mjs" }',
        'node_modules/@acme/log-x/x.mjs': pluginSource('x'),
      });
      expect(await load('@acme/log-x')).toMatchObject({ version: '2.0.0' });
      expect(await load('@acme/log-y')).toBeUndefined();
    });

    it('looks for packages in the further directories too', async () => {
      await writeFiles(home.path, {
        'lib/node_modules/x/package.json': '{ "name": "x", "version": "1.0.0", "main": "x.mjs" }',
        'lib/node_modules/x/x.mjs': pluginSource('x'),
      });
      const wide = new PluginRegistry([], { packageDirectories: [join(home.path, 'lib')] });
      expect((await wide.load(referenceTo('x', home.path)))?.definition.name).toBe('x');
    });

    it('takes the default export of a compiled CommonJS module', async () => {
      const source = `const definition = { kind: 'log-driver', name: 'cjs', apiVersion: 1, optionsSchema: { type: 'object' }, create() {} };
        Object.defineProperty(definition, Symbol.for('holdfast.plugin'), { value: true });
        Object.defineProperty(exports, '__esModule', { value: true });
        exports.default = definition;`;
      await writeFiles(home.path, { 'c.cjs': source });
      expect((await load('./c.cjs'))?.definition.name).toBe('cjs');
    });

    it('says that a path does not exist', async () => {
      await expect(load('./none.mjs')).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_NOT_FOUND',
        where: 'config.json:1:1 plugins[0]',
        message: expect.stringContaining('"./none.mjs"') as string,
        remedy: `Correct the path, which starts from ${home.path}, or put the file there.`,
      });
    });

    it('gives the error of a plugin that throws as its cause', async () => {
      await writeFiles(home.path, { 'bad.mjs': 'throw new TypeError("no such luck");' });
      const failure = load('./bad.mjs');
      await expect(failure).rejects.toMatchObject({ code: 'SHIM_PLUGIN_LOAD', where: join(home.path, 'bad.mjs') });
      await expect(failure).rejects.toThrow(
        'config.json:1:1 plugins[0]: can\'t load the plugin "./bad.mjs": no such luck',
      );
      await expect(failure).rejects.toHaveProperty('cause.name', 'TypeError');
    });

    it.each([
      ["import 'none-such';", "Cannot find package 'none-such'", 'npm install none-such in DIR.'],
      ["import '@acme/none/more';", "Cannot find package '@acme/none", 'npm install @acme/none in DIR.'],
      ["import './none.mjs';", "Cannot find module '", 'Correct the import, or put the file there'],
      [
        "import { createRequire } from 'node:module'; createRequire(import.meta.url)('none-such');",
        "Cannot find module 'none-such'",
        'npm install none-such in DIR.',
      ],
      [
        "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./none');",
        "Cannot find module './none'",
        'Correct the import, or put the file there',
      ],
    ])('does not take it for absent when something that it imports is: %s', async (source, words, remedy) => {
      await writeFiles(home.path, { 'p.mjs': source });
      const here = (text: string): string => text.replace('DIR', home.path);
      const failure = load('./p.mjs');
      await expect(failure).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_LOAD',
        remedy: expect.stringContaining(here(remedy)) as string,
      });
      await expect(failure).rejects.toThrow(
        `"./p.mjs": the plugin is there, but something that it imports is not: ${here(words)}`,
      );
    });

    it('gives up on a plugin that awaits something for ever', async () => {
      await writeFiles(home.path, { 'slow.mjs': 'await new Promise(() => {});' });
      await expect(load('./slow.mjs')).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_LOAD',
        message: expect.stringContaining('not loaded after 300 ms') as string,
      });
    });

    it('does not run a plugin that others can write', async () => {
      await writeFiles(home.path, { 'open.mjs': 'globalThis.holdfastTestRan = true;' });
      await chmod(join(home.path, 'open.mjs'), 0o666);
      await expect(load('./open.mjs')).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INSECURE' });
      expect(globalThis).not.toHaveProperty('holdfastTestRan');
    });

    it.each([
      [2, 'newer', 'Upgrade holdfast'],
      [0, 'older', 'Install a newer version of the plugin'],
    ])('refuses a plugin for version %i of the plugin API as %s', async (apiVersion, word, remedy) => {
      await writeFiles(home.path, { 'p.mjs': pluginSource('p', { apiVersion }) });
      await expect(load('./p.mjs')).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_API_VERSION',
        message: expect.stringContaining(`version ${apiVersion} of the plugin API, ${word} than version 1`) as string,
        remedy: expect.stringContaining(remedy) as string,
      });
    });

    it.each([
      ['export const plugin = 1;', 'it has no default export'],
      ['export default 42;', 'its default export is 42'],
      ['export default { kind: "log-driver" };', 'its default export is an object, not what definePlugin'],
      ['export default () => 1;', 'its default export is a function'],
      [pluginSource('p', { kind: 'volume' }), '"kind" is "volume", not one of runtime, log-driver'],
      [pluginSource('p', { kind: 'toString' }), '"kind" is "toString"'],
      [pluginSource('../p'), '"name" is "../p"'],
      [pluginSource('p', { optionsSchema: true }), '"optionsSchema" is not a JSON Schema'],
      [pluginSource('p', { optionsSchema: { type: 'string' } }), '"optionsSchema" is not a JSON Schema'],
      [pluginSource('p', { create: 'no' }), '"create" is "no"'],
      [pluginSource('p', { apiVersion: '1' }), '"apiVersion" is "1"'],
    ])('refuses a module that exports nonsense: %s', async (source, words) => {
      await writeFiles(home.path, { 'p.mjs': source });
      await expect(load('./p.mjs')).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_INVALID',
        message: expect.stringContaining(words) as string,
      });
    });
  });

  describe('definitionOf', () => {
    const stored = { plugin: 'mine', version: '1.0.0', options: {} };
    const definitionOf = (plugin: string, path: string | null) =>
      registry.definitionOf({ ...stored, plugin, path }, 'log-driver', 'container default/a');

    it('finds a built-in plugin again', async () => {
      expect((await definitionOf('file', null)).name).toBe('file');
    });

    it('names the drivers there are if a built-in one is gone', async () => {
      await expect(definitionOf('fille', null)).rejects.toMatchObject({
        code: 'SHIM_LOG_DRIVER_UNKNOWN',
        message: 'container default/a: unknown log driver "fille", did you mean "file"? there is file',
      });
      await expect(
        registry.definitionOf({ ...stored, plugin: 'file', path: null }, 'runtime', 'x'),
      ).rejects.toMatchObject({
        code: 'SHIM_RUNTIME_UNKNOWN',
      });
    });

    it('loads a plugin from its path under the same checks', async () => {
      const path = join(home.path, 'mine.mjs');
      await writeFiles(home.path, { 'mine.mjs': pluginSource('mine') });
      expect((await definitionOf('mine', path)).name).toBe('mine');
      await expect(definitionOf('other', path)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INVALID' });
      await chmod(path, 0o666);
      await expect(definitionOf('mine', path)).rejects.toMatchObject({ code: 'SHIM_PLUGIN_INSECURE' });
      await expect(definitionOf('mine', 'mine.mjs')).rejects.toMatchObject({ code: 'SHIM_PLUGIN_NOT_FOUND' });
    });

    it('refuses a plugin of the other kind', async () => {
      await writeFiles(home.path, { 'r.mjs': pluginSource('r', { kind: 'runtime' }) });
      await expect(definitionOf('r', join(home.path, 'r.mjs'))).rejects.toThrow('it is a runtime, not a log driver');
    });
  });
});
