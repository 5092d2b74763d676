import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { PluginRegistry } from '../../src/plugins/index.js';
import { BUILT_INS, pluginSource } from '../plugins/plugin-files.js';
import { makeConfigHome, validators, type ConfigHome, type Setup } from './config-files.js';

const REF = { namespace: 'ns', id: 'a' };

describe('LoadedConfig', () => {
  let home: ConfigHome;
  beforeEach(async () => {
    home = await makeConfigHome();
  });
  afterEach(() => home.remove());

  const container = async (setup: Setup) => (await home.load(setup)).container(REF);

  describe('container', () => {
    it('resolves the defaults', async () => {
      expect(await container({})).toEqual({
        runtime: {
          name: 'runc',
          plugin: 'runc',
          path: null,
          version: '1.2.3',
          options: { path: 'runc', systemdCgroup: false },
        },
        logs: [
          {
            plugin: 'file',
            path: null,
            version: '1.2.3',
            options: { maxSize: '10m', maxFiles: 5, compress: false, format: 'json', labels: [], tags: {} },
          },
        ],
        logDirectory: '/var/log/holdfast/ns/a',
        limits: { runtimeTimeoutMs: 30_000, drainTimeoutMs: 2000, stopTimeoutMs: 10_000, logTimeoutMs: 5000 },
        output: { maxRecord: 16_384, partialDelayMs: 250 },
      });
    });

    it('resolves queues, isolation and what a container may print', async () => {
      const text = JSON.stringify({
        logs: [
          { driver: 'file', queue: {}, isolate: 'thread' },
          { driver: 'file', options: {}, queue: { mode: 'drop-oldest', size: '2mi', blockTimeout: '1s', spill: '1g' } },
        ],
        output: { maxRecord: '2k', partialDelay: '1s', rateLimit: { bytes: '10k', lines: 5, policy: 'drop' } },
      });
      const { logs, output } = await container({ text });
      expect(logs.map(({ queue, isolate }) => ({ queue, isolate }))).toEqual([
        { queue: { mode: 'block', bytes: 1_000_000, blockTimeoutMs: 5000, spillBytes: 0 }, isolate: 'thread' },
        {
          queue: { mode: 'drop-oldest', bytes: 2 << 20, blockTimeoutMs: 1000, spillBytes: 1e9 },
          isolate: undefined,
        },
      ]);
      expect(output).toEqual({
        maxRecord: 2000,
        partialDelayMs: 1000,
        rateLimit: { bytes: 10_000, lines: 5, burstMs: 1000, policy: 'drop' },
      });
    });

    it('resolves a key of "runtimes" with its plugin and options', async () => {
      const text =
        '{ "runtime": "fast", "runtimes": { "fast": { "plugin": "oci", "options": { "path": "/bin/youki" } } } }';
      expect((await container({ text })).runtime).toMatchObject({
        name: 'fast',
        plugin: 'oci',
        options: { path: '/bin/youki' },
      });
    });

    it('takes the key of an entry for the name of its plugin', async () => {
      const text = '{ "runtimes": { "runc": { "options": { "path": "/opt/runc" } } } }';
      expect((await container({ text })).runtime).toMatchObject({
        name: 'runc',
        plugin: 'runc',
        options: { path: '/opt/runc' },
      });
    });

    it('finds plugins by short name, path and package from the directory of the config file', async () => {
      await home.write({
        'etc/config.json': `{
          "plugins": ["./short.mjs"],
          "logs": [{ "driver": "short" }, { "driver": "./path.mjs" }, { "driver": "@acme/log" }],
          "runtime": "./runtime.mjs"
        }`,
        'etc/short.mjs': pluginSource('short'),
        'etc/path.mjs': pluginSource('path'),
        'etc/runtime.mjs': pluginSource('special', { kind: 'runtime' }),
        'etc/node_modules/@acme/log/package.json':
          '{ "name": "@acme/log", "version": "3.0.0", "exports": "./log.mjs" }',
        'etc/node_modules/@acme/log/log.mjs': pluginSource('acme'),
      });
      const registry = new PluginRegistry(BUILT_INS);
      const loaded = await loadConfig({ file: 'etc/config.json', cwd: home.path, registry, validators });
      const { runtime, logs } = await loaded.container(REF);
      expect(runtime).toMatchObject({ name: 'special', plugin: 'special', path: join(home.path, 'etc/runtime.mjs') });
      expect(logs.map(({ plugin, version }) => [plugin, version])).toEqual([
        ['short', '0.0.0'],
        ['path', '0.0.0'],
        ['acme', '3.0.0'],
      ]);
    });

    it('finds a plugin that a flag names from the working directory', async () => {
      await home.write({
        'mine.mjs': pluginSource('mine', { optionsSchema: { type: 'object', properties: { n: { type: 'number' } } } }),
      });
      const { logs } = await container({ flags: { logs: ['./mine.mjs,n=1.5'] } });
      expect(logs).toMatchObject([{ plugin: 'mine', path: join(home.path, 'mine.mjs'), options: { n: 1.5 } }]);
    });

    it('does no harm to the config it was loaded from', async () => {
      const loaded = await home.load({ text: '{ "logs": [{ "driver": "file", "options": {} }] }' });
      const [one, two] = [await loaded.container(REF), await loaded.container({ ...REF, id: 'b' })];
      expect(one.logs[0]?.options).toEqual(two.logs[0]?.options);
      expect(one.logs[0]?.options).not.toBe(two.logs[0]?.options);
      expect(loaded.config.logs).toEqual([{ driver: 'file', options: {} }]);
    });

    it.each([
      ['../../etc', 'container id'],
      ['', 'container id'],
    ])('refuses the id "%s", which would become a directory', async (id) => {
      const loaded = await home.load({});
      await expect(loaded.container({ namespace: 'ns', id })).rejects.toMatchObject({ code: 'SHIM_INVALID_ID' });
    });

    it('names the runtimes there are', async () => {
      const text = '{\n  "runtime": "rucn",\n  "runtimes": { "fast": { "plugin": "runc" } }\n}';
      await expect(container({ text })).rejects.toMatchObject({
        code: 'SHIM_RUNTIME_UNKNOWN',
        message: `${home.file}:2:14 runtime: unknown runtime "rucn", did you mean "runc"? there are fast, runc, oci`,
      });
      await expect(container({ flags: { runtime: 'crun' } })).rejects.toThrow('--runtime crun: unknown runtime "crun"');
    });

    it('says where an unknown driver stands', async () => {
      await expect(container({ text: '{ "logs": [{ "driver": "syslog" }] }' })).rejects.toMatchObject({
        code: 'SHIM_LOG_DRIVER_UNKNOWN',
        message: `${home.file}:1:24 logs[0].driver: unknown log driver "syslog"; there is file`,
      });
    });

    it('lists wrong options of all plugins, each with its place', async () => {
      const text = `{
  "runtimes": { "runc": { "options": { "systemdCgroup": "yes" } } },
  "logs": [
    { "driver": "file", "options": { "maxSiez": "1m", "maxFiles": 0 } },
    { "driver": "file", "options": { "maxSize": "1 m", "format": "jsno", "maxFiles": 1.5 } }
  ]
}`;
      const error: unknown = await container({ text }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'SHIM_CONFIG_INVALID' });
      expect((error as Error).message.split('\n').toSorted()).toEqual(
        [
          '2:57 runtimes.runc.options.systemdCgroup: must be a boolean, is a string',
          '4:38 logs[0].options.maxSiez: unknown key, did you mean "maxSize"?',
          '4:67 logs[0].options.maxFiles: must be >= 1, is 0',
          '5:49 logs[1].options.maxSize: "1 m" does not have the right form, such as "10m": Such as "10m".',
          '5:66 logs[1].options.format: must be one of "json", "cri", "raw", is "jsno", did you mean "json"?',
          '5:86 logs[1].options.maxFiles: must be an integer, is 1.5',
        ].map((line) => `${home.file}:${line}`),
      );
    });

    it('says of a flag which option is wrong', async () => {
      await expect(container({ flags: { logs: ['file,maxSiez=1'] } })).rejects.toMatchObject({
        code: 'SHIM_CONFIG_INVALID',
        message: '--log file,maxSiez=… maxSiez: unknown key, did you mean "maxSize"?',
      });
    });

    it('says which option a runtime lacks, however it was chosen', async () => {
      await expect(container({ flags: { runtime: 'oci' } })).rejects.toThrow(
        '--runtime oci: options of "oci": missing key "path"',
      );
      const text = '{ "runtime": "o", "runtimes": { "o": { "plugin": "oci" } } }';
      await expect(container({ text })).rejects.toThrow(`${home.file}:1:38 runtimes.o.options: missing key "path"`);
    });

    it('blames the plugin for a schema that is none', async () => {
      const optionsSchema = { type: 'object', properties: { a: { type: 'text' } } };
      await home.write({ 'bad.mjs': pluginSource('bad', { optionsSchema }) });
      await expect(container({ text: '{ "logs": [{ "driver": "./bad.mjs" }] }' })).rejects.toMatchObject({
        code: 'SHIM_PLUGIN_INVALID',
        message: expect.stringContaining('the optionsSchema of the plugin "bad" is no valid JSON Schema') as string,
      });
    });

    it('lets a broken plugin be that nothing names, until check asks for it', async () => {
      const text = '{ "plugins": ["./none.mjs"], "logs": [] }';
      const loaded = await home.load({ text });
      expect((await loaded.container(REF)).logs).toEqual([]);
      expect(loaded.warnings).toEqual([]);
      await loaded.check();
      expect(loaded.warnings).toEqual([
        expect.stringContaining(`${home.file}:1:15 plugins[0]: can't find the plugin "./none.mjs"`),
      ]);
    });
  });

  describe('check', () => {
    it('finds mistakes in runtimes that are not chosen', async () => {
      const text = '{ "runtimes": { "other": { "plugin": "oci" }, "runc": {} } }';
      const loaded = await home.load({ text });
      expect((await loaded.container(REF)).runtime.name).toBe('runc');
      await expect(loaded.check()).rejects.toThrow('runtimes.other.options: missing key "path"');
    });
  });
});
