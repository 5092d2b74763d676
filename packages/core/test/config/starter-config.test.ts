import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, starterConfig } from '../../src/config/index.js';
import { PluginRegistry } from '../../src/plugins/index.js';
import { BUILT_INS } from '../plugins/plugin-files.js';
import { makeConfigHome, validators } from './config-files.js';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');

async function configOf(name: string, text: string) {
  const home = await makeConfigHome();
  try {
    await home.write({ [name]: text });
    const registry = new PluginRegistry(BUILT_INS);
    const loaded = await loadConfig({ file: name, cwd: home.path, registry, validators });
    await loaded.check();
    return loaded.config;
  } finally {
    await home.remove();
  }
}

describe('starterConfig', () => {
  it.each(['json', 'jsonc', 'yaml'] as const)('is a valid config of defaults in %s', async (format) => {
    const defaults = await configOf('empty.json', '{}');
    expect(await configOf(`c.${format}`, starterConfig(format))).toEqual(defaults);
    const config = await configOf(`c.${format}`, starterConfig(format, './s.json'));
    expect(config).toEqual({ ...defaults, $schema: './s.json' });
  });

  it.each(['jsonc', 'yaml'] as const)('is the defaults again once all of %s counts', async (format) => {
    const mark = format === 'yaml' ? /^#(?: (?=\w+:| {2})| {3}(?=\w))/ : /^\s+\/\/ (?=["{}]|\s)/;
    // What stays a comment are the words between the settings.
    const text = starterConfig(format)
      .split('\n')
      .map((line) => line.replace(mark, ''))
      .join('\n');
    expect(text).toContain(format === 'yaml' ? '\nroot: "/run/holdfast"' : '\n"root": "/run/holdfast"');
    expect(await configOf(`c.${format}`, text)).toEqual(await configOf('empty.json', '{}'));
  });
});

describe('the examples', () => {
  it('are valid configs', async () => {
    const names = (await readdir(EXAMPLES)).filter((name) => basename(name).startsWith('config.'));
    expect(names).toEqual(expect.arrayContaining(['config.json', 'config.yaml']));
    for (const name of names)
      expect(await configOf(name, await readFile(join(EXAMPLES, name), 'utf8')), name).toHaveProperty('runtime');
  });
});
