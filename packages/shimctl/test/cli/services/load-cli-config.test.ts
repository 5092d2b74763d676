import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definePlugin } from '@holdfast/core/plugin';
import type { BuiltInPlugin } from '@holdfast/core/plugins';
import { loadCliConfig } from '../../../src/cli/services/load-cli-config.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

const unused = () => ({}) as never;
const RUNC = definePlugin({
  kind: 'runtime',
  name: 'runc',
  apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false, properties: { path: { type: 'string' } } },
  create: unused,
});
const FILE = definePlugin({
  kind: 'log-driver',
  name: 'file',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { files: { type: 'integer', default: 5 } },
  },
  create: unused,
});
const BUILT_INS: BuiltInPlugin[] = [RUNC, FILE].map((definition) => ({
  kind: definition.kind,
  name: definition.name,
  definition,
  version: '0.1.0',
}));

/** A config file and the directory it is in. */
function configFile(config: unknown): { cwd: string; file: string } {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'holdfast.json'), JSON.stringify(config));
  return { cwd, file: 'holdfast.json' };
}

describe('loadCliConfig', () => {
  it('lets flags override the file, and knows where each value is from', async () => {
    const at = configFile({ root: '/r', group: 'g', shim: { idleTimeout: '3s' } });
    const config = await loadCliConfig({ ...at, group: 'h', logLevel: 'warn' }, BUILT_INS);
    expect(config).toMatchObject({ root: '/r', group: 'h', shim: { logLevel: 'warn', idleTimeoutMs: 3_000 } });
    const origins = new Map(config.settings.map(({ path, value, origin }) => [path, [value, origin]]));
    expect(origins.get('root')).toEqual(['/r', `${join(at.cwd, at.file)}:1`]);
    expect(origins.get('group')).toEqual(['h', 'flag --group']);
    expect(origins.get('logs[0].driver')).toEqual(['file', 'default']);
  });

  it('reads the environment it is given', async () => {
    const at = configFile({ group: 'g' });
    const config = await loadCliConfig(at, BUILT_INS, {
      environment: { HOLDFAST_GROUP: 'e', HOLDFAST_GORUP: 'f' },
    });
    expect(config.group).toBe('e');
    expect(config.overrides).toEqual([{ path: 'group', by: 'env HOLDFAST_GROUP', over: `${join(at.cwd, at.file)}:1` }]);
    expect(config.warnings).toEqual(['HOLDFAST_GORUP: no such variable, did you mean "HOLDFAST_GROUP"?']);
  });

  it('tells the warnings of a config that is refused', async () => {
    const warnings: string[] = [];
    const loading = loadCliConfig(configFile({ gruop: 'x' }), BUILT_INS, {
      environment: { HOLDFAST_GORUP: 'f' },
      onRefused: (found) => warnings.push(...found),
    });
    await expect(loading).rejects.toMatchObject({ code: 'SHIM_CONFIG_INVALID' });
    expect(warnings).toEqual(['HOLDFAST_GORUP: no such variable, did you mean "HOLDFAST_GROUP"?']);
  });

  it('reads the options of --log by the schema of the driver', async () => {
    const config = await loadCliConfig({ ...configFile({}), logs: ['file,files=2'] }, BUILT_INS);
    const { logs, logDirectory } = await config.container({ namespace: 'n', id: 'c1' });
    expect(logs).toMatchObject([{ plugin: 'file', options: { files: 2 } }]);
    expect(logDirectory).toBe('/var/log/holdfast/n/c1');
  });

  it('checks the options of every plugin in validate', async () => {
    const config = await loadCliConfig(configFile({ runtimes: { runc: { options: { paht: '/x' } } } }), BUILT_INS);
    await expect(config.validate()).rejects.toMatchObject({ code: 'SHIM_CONFIG_INVALID' });
  });

  it('checks them too, where the file has mistakes already, if that is asked for', async () => {
    const at = configFile({ gruop: 'x', runtimes: { runc: { options: { paht: '/x' } } } });
    const messageOf = (thorough: boolean): Promise<string> =>
      loadCliConfig({ ...at, thorough }, BUILT_INS).then(
        () => '',
        (error: unknown) => (error as Error).message,
      );
    expect(await messageOf(true)).toMatch(/gruop: unknown key[^]*paht: unknown key/);
    expect(await messageOf(false)).not.toContain('paht');
  });

  it('puts the options of built-in and of configured plugins into the schema', async () => {
    const at = configFile({ plugins: ['./mine.cjs'] });
    const plugin = `{ kind: 'log-driver', name: 'mine', apiVersion: 1, optionsSchema: { type: 'object', properties: { colour: { type: 'string', writeOnly: true } } }, create() {} }`;
    writeFileSync(
      join(at.cwd, 'mine.cjs'),
      `module.exports = Object.assign(${plugin}, { [Symbol.for('holdfast.plugin')]: true });`,
    );
    const schema = JSON.stringify(await (await loadCliConfig(at, BUILT_INS)).schema());
    for (const option of ['path', 'files', 'colour']) expect(schema).toContain(`"${option}":{`);
  });

  it('shows no secret, though a plugin of the config has to say what is one', async () => {
    const at = configFile({ logs: [{ driver: './mine.cjs', options: { colour: 'red', other: 1 } }] });
    const plugin = `{ kind: 'log-driver', name: 'mine', apiVersion: 1, optionsSchema: { type: 'object', properties: { colour: { type: 'string', writeOnly: true } } }, create() {} }`;
    writeFileSync(
      join(at.cwd, 'mine.cjs'),
      `module.exports = Object.assign(${plugin}, { [Symbol.for('holdfast.plugin')]: true });`,
    );
    const shown = await (await loadCliConfig(at, BUILT_INS)).shownSettings();
    const values = shown.filter(({ path }) => path.startsWith('logs[0].options'));
    expect(values.map(({ path, value }) => [path, value])).toEqual([
      ['logs[0].options.colour', '********'],
      ['logs[0].options.other', 1],
    ]);
  });
});
