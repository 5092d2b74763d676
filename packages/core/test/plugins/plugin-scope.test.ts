import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PluginRegistry, PluginScope } from '../../src/plugins/index.js';
import { BUILT_INS, makeDirectory, pluginSource, referenceTo, writeFiles } from './plugin-files.js';

describe('PluginScope', () => {
  const registry = new PluginRegistry(BUILT_INS);
  let home: Awaited<ReturnType<typeof makeDirectory>>;

  beforeEach(async () => {
    home = await makeDirectory();
  });
  afterEach(() => home.remove());

  const scopeOf = (...plugins: string[]) =>
    new PluginScope(
      registry,
      plugins.map((text) => referenceTo(text, home.path)),
    );
  const at = (text: string) => referenceTo(text, home.path);

  it('finds a plugin of "plugins" by its short name, and one that is not there by its path', async () => {
    await writeFiles(home.path, { 'a.mjs': pluginSource('alpha'), 'b.mjs': pluginSource('beta') });
    const scope = scopeOf('./a.mjs');
    expect(await scope.find('log-driver', at('alpha'))).toMatchObject({ path: join(home.path, 'a.mjs') });
    expect(await scope.find('log-driver', at('./b.mjs'))).toMatchObject({ path: join(home.path, 'b.mjs') });
    expect(scope.warnings).toEqual([]);
  });

  it('does not load "plugins" for a built-in name', async () => {
    await writeFiles(home.path, { 'a.mjs': 'throw new Error("loaded");' });
    const scope = scopeOf('./a.mjs');
    expect(await scope.find('log-driver', at('file'))).toMatchObject({ path: null, version: '1.2.3' });
    expect(scope.warnings).toEqual([]);
  });

  it('keeps a plugin that fails to load as a warning while others are found', async () => {
    await writeFiles(home.path, { 'a.mjs': 'throw new Error("no luck");', 'b.mjs': pluginSource('beta') });
    const scope = scopeOf('./a.mjs', 'not-installed', './b.mjs');
    expect((await scope.find('log-driver', at('beta'))).definition.name).toBe('beta');
    expect(scope.warnings).toEqual([
      expect.stringContaining('can\'t load the plugin "./a.mjs": no luck'),
      expect.stringContaining('there is no package "not-installed"'),
    ]);
  });

  it('gives the failure as the cause once a name can not be found', async () => {
    await writeFiles(home.path, { 'a.mjs': 'throw new Error("no luck");' });
    const failure = scopeOf('./a.mjs').find('log-driver', at('alpha'));
    await expect(failure).rejects.toMatchObject({
      code: 'SHIM_LOG_DRIVER_UNKNOWN',
      message: expect.stringMatching(/unknown log driver "alpha"; there is file; .*"\.\/a\.mjs": no luck/) as string,
      cause: { code: 'SHIM_PLUGIN_LOAD', cause: { message: 'no luck' } },
    });
  });

  it('names all there are and the likely one', async () => {
    await writeFiles(home.path, { 'a.mjs': pluginSource('alpha') });
    const failure = scopeOf('./a.mjs').find('log-driver', at('aplha'));
    await expect(failure).rejects.toThrow('unknown log driver "aplha", did you mean "alpha"? there are file, alpha');
  });

  it('says of a scoped name that no such package is installed', async () => {
    await expect(scopeOf().find('runtime', at('@acme/none/more'))).rejects.toMatchObject({
      code: 'SHIM_PLUGIN_NOT_FOUND',
      remedy: expect.stringMatching(/^Install it \(npm install @acme\/none in \/.*\) or correct the name/) as string,
    });
  });

  it('refuses a plugin of the other kind', async () => {
    await writeFiles(home.path, { 'a.mjs': pluginSource('alpha') });
    await expect(scopeOf().find('runtime', at('./a.mjs'))).rejects.toThrow('it is a log driver, not a runtime');
  });

  it('warns of a plugin whose name another has already', async () => {
    await writeFiles(home.path, {
      'a.mjs': pluginSource('file'),
      'b.mjs': pluginSource('beta'),
      'c.mjs': pluginSource('beta'),
    });
    const scope = scopeOf('./a.mjs', './b.mjs', './c.mjs');
    expect(await scope.find('log-driver', at('beta'))).toMatchObject({ path: join(home.path, 'b.mjs') });
    expect(scope.warnings).toEqual([
      expect.stringContaining('"file" means a built-in plugin; name this one "./a.mjs"'),
      expect.stringContaining('"beta" means a plugin before it; name this one "./c.mjs"'),
    ]);
  });
});
