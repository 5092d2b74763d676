import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPlaces, readPlaces } from '../../src/config/index.js';
import { makeConfigHome, type ConfigHome } from './config-files.js';

const asRoot = process.geteuid?.() === 0;

describe('the places of config files', () => {
  let home: ConfigHome;
  let environment: Record<string, string>;
  beforeEach(async () => {
    home = await makeConfigHome();
    environment = { HOME: join(home.path, 'home') };
  });
  afterEach(() => home.remove());

  const places = (more: object = {}) =>
    findPlaces({ cwd: home.path, environment, systemDirectory: join(home.path, 'etc'), ...more });

  it('lie over each other: the system file, conf.d by name, the file of the user', async () => {
    await home.write({
      'etc/config.json':
        '{ "namespace": "system", "group": "system", "runtime": "system", "limits": { "stopTimeout": "1s" } }',
      'etc/conf.d/20-b.jsonc': '{ "group": "twenty", /* later */ "runtime": "twenty", }',
      'etc/conf.d/10-a.yaml': 'group: ten\nruntime: ten\nlimits:\n  drainTimeout: 3s\n',
      'etc/conf.d/30-c.json.bak': 'not read',
      'etc/conf.d/.40.json': 'not read',
      'etc/conf.d/30-c.schema.json': 'not read',
      'etc/config.schema.json': 'not read',
      'home/.config/holdfast/config.yml': 'runtime: user\n',
    });
    const { config, origins, files, overrides } = await home.load({ environment });
    expect(config).toMatchObject({
      namespace: 'system',
      group: 'twenty',
      runtime: 'user',
      limits: { stopTimeout: '1s', drainTimeout: '3s' },
    });
    const at = (name: string): string => join(home.path, name);
    expect(files).toEqual(
      ['etc/config.json', 'etc/conf.d/10-a.yaml', 'etc/conf.d/20-b.jsonc', 'home/.config/holdfast/config.yml'].map(at),
    );
    expect(origins.get('limits.drainTimeout')).toBe(`${at('etc/conf.d/10-a.yaml')}:4`);
    expect(overrides).toContainEqual({
      path: 'group',
      by: `${at('etc/conf.d/20-b.jsonc')}:1`,
      over: `${at('etc/config.json')}:1`,
    });
    expect(overrides.filter(({ path }) => path === 'runtime').map(({ by }) => by)).toEqual([
      `${at('home/.config/holdfast/config.yml')}:1`,
      `${at('home/.config/holdfast/config.yml')}:1`,
      `${at('home/.config/holdfast/config.yml')}:1`,
    ]);
  });

  it('are told with what was found there', async () => {
    await home.write({ 'etc/config.json': '{}' });
    expect(await places()).toEqual([
      { kind: 'system', path: join(home.path, 'etc/config.json'), state: 'used' },
      { kind: 'conf.d', path: join(home.path, 'etc/conf.d/*'), state: 'absent' },
      { kind: 'user', path: join(home.path, 'home/.config/holdfast/config.{json,jsonc,yaml,yml}'), state: 'absent' },
    ]);
  });

  it('are all replaced by a file that is named', async () => {
    await home.write({ 'etc/config.json': '{ "group": "g", "namespace": "n" }', 'one.json': '{ "group": "one" }' });
    environment['HOLDFAST_CONFIG'] = 'one.json';
    const { config, files } = await home.load({ environment });
    expect(config).toMatchObject({ group: 'one', namespace: 'default' });
    expect(files).toEqual([join(home.path, 'one.json')]);
    expect((await places()).map(({ kind, state }) => [kind, state])).toEqual([
      ['system', 'replaced'],
      ['conf.d', 'replaced'],
      ['user', 'replaced'],
      ['named', 'used'],
    ]);
    expect((await places({ file: 'two.json' })).at(-1)?.path).toBe(join(home.path, 'two.json'));
  });

  it('have the user file in XDG_CONFIG_HOME if that is an absolute path', async () => {
    await home.write({ 'xdg/holdfast/config.json': '{ "group": "xdg" }' });
    environment['XDG_CONFIG_HOME'] = join(home.path, 'xdg');
    expect((await home.load({ environment })).config.group).toBe('xdg');
    environment['XDG_CONFIG_HOME'] = 'xdg';
    expect((await home.load({ environment })).config.group).toBe('default');
    expect((await findPlaces({ cwd: home.path })).map(({ kind }) => kind)).toEqual(['system', 'conf.d']);
  });

  it('refuse two files of one kind, equal or not', async () => {
    await home.write({ 'etc/config.json': '{}', 'etc/config.yaml': '{}' });
    const [json, yaml] = ['etc/config.json', 'etc/config.yaml'].map((name) => join(home.path, name));
    await expect(home.load({})).rejects.toMatchObject({
      code: 'SHIM_CONFIG_AMBIGUOUS',
      message: `there are several configs of one kind: ${json} and ${yaml}`,
    });
    expect((await places())[0]).toMatchObject({ state: 'refused', error: { code: 'SHIM_CONFIG_AMBIGUOUS' } });
  });

  it('refuse more files than anyone has', async () => {
    const names = Array.from({ length: 257 }, (_, i) => [`etc/conf.d/${i}.json`, '{}']);
    await home.write(Object.fromEntries(names) as Record<string, string>);
    await expect(home.load({})).rejects.toThrow(`${join(home.path, 'etc/conf.d')}: more than 256 config files`);
  });

  it('name the file at fault, whatever its format', async () => {
    await home.write({ 'etc/config.json': '{}', 'etc/conf.d/a.yaml': '# a\nlimits:\n  stopTimeuot: 1s\n' });
    await expect(home.load({})).rejects.toThrow(
      `${join(home.path, 'etc/conf.d/a.yaml')}:3:3 limits.stopTimeuot: unknown key, did you mean "stopTimeout"?`,
    );
    await home.write({ 'etc/conf.d/a.yaml': 'runtime: [runc\n' });
    await expect(home.load({})).rejects.toMatchObject({ code: 'SHIM_CONFIG_SYNTAX' });
  });

  describe('that others could change', () => {
    it.each([
      ['the file', 'etc/config.json', 0o666],
      ['its directory', 'etc', 0o777],
    ])('are refused: %s', async (_what, name, mode) => {
      await home.write({ 'etc/config.json': '{}' });
      await chmod(join(home.path, name), mode);
      const why = `is writable by its group or by others (mode 0${mode.toString(8)})`;
      await expect(home.load({})).rejects.toMatchObject({
        code: 'SHIM_CONFIG_INSECURE',
        message: `${join(home.path, 'etc/config.json')}: the config file could be changed by others: ${join(home.path, name)} ${why}`,
        remedy: `chmod go-w ${join(home.path, name)}`,
      });
    });

    it('are refused: conf.d, and a link to a file that is not safe', async () => {
      await home.write({ 'etc/conf.d/a.json': '{}' });
      await chmod(join(home.path, 'etc/conf.d'), 0o775);
      await expect(home.load({})).rejects.toMatchObject({ code: 'SHIM_CONFIG_INSECURE' });
      await chmod(join(home.path, 'etc/conf.d'), 0o755);
      await home.write({ 'open/b.json': '{}' });
      await chmod(join(home.path, 'open/b.json'), 0o606);
      await symlink('../../open/b.json', join(home.path, 'etc/conf.d/b.json'));
      await expect(home.load({})).rejects.toMatchObject({ where: join(home.path, 'open/b.json') });
    });

    it('are refused: the file of the user', async () => {
      await home.write({ 'home/.config/holdfast/config.json': '{}' });
      await chmod(join(home.path, 'home/.config'), 0o777);
      await expect(home.load({ environment })).rejects.toMatchObject({ code: 'SHIM_CONFIG_INSECURE' });
    });

    it('are used if they were named, with a warning', async () => {
      await home.write({ 'mine.json': '{ "group": "mine" }' });
      await chmod(join(home.path, 'mine.json'), 0o664);
      const { config, warnings } = await home.load({ environment: { HOLDFAST_CONFIG: 'mine.json' } });
      expect(config.group).toBe('mine');
      const file = join(home.path, 'mine.json');
      expect(warnings).toEqual([
        `${file}: it could be changed by others: ${file} is writable by its group or by others (mode 0664)`,
      ]);
    });

    it.runIf(asRoot)("of somebody else's home are not read, which sudo can leave in HOME", async () => {
      await home.write({ 'home/.config/holdfast/config.json': '{ "group": "hers" }' });
      await chown(join(home.path, 'home'), 4711, 4711);
      const { config, warnings, files } = await home.load({ environment });
      expect({ group: config.group, files }).toEqual({ group: 'default', files: [] });
      const file = join(home.path, 'home/.config/holdfast/config.json');
      expect(warnings).toEqual([
        `${file}: this config file is not read: ${join(home.path, 'home')} belongs to the user 4711`,
      ]);
    });

    it.runIf(asRoot)("of somebody else are refused in the system's directory", async () => {
      await home.write({ 'etc/config.json': '{}' });
      await chown(join(home.path, 'etc/config.json'), 4711, 0);
      await expect(home.load({})).rejects.toMatchObject({ code: 'SHIM_CONFIG_INSECURE' });
    });
  });

  it('are told of as refused once they are read, if they can not be', async () => {
    await home.write({
      'etc/config.json': '{ "gruop": 1 }',
      'etc/conf.d/a.yaml': 'a: [',
      'home/.config/holdfast/config.json': '{,',
    });
    const sources = { cwd: home.path, environment, systemDirectory: join(home.path, 'etc') };
    const read = await readPlaces(sources);
    expect(read.map(({ kind, state, error }) => [kind, state, error?.code])).toEqual([
      ['system', 'used', undefined],
      ['conf.d', 'refused', 'SHIM_CONFIG_SYNTAX'],
      ['user', 'refused', 'SHIM_CONFIG_SYNTAX'],
    ]);
    expect(read[2]?.error?.message).toContain(`${join(home.path, 'home/.config/holdfast/config.json')}:1:2`);
    const named = (await readPlaces({ ...sources, file: 'none.json' })).at(-1);
    expect(named).toMatchObject({ kind: 'named', state: 'refused', error: { code: 'SHIM_CONFIG_NOT_FOUND' } });
  });

  it('may hold a directory of a config name, which is an error of its own', async () => {
    await mkdir(join(home.path, 'etc/config.yaml'), { recursive: true });
    await expect(home.load({})).rejects.toThrow('config.yaml: the config file is a directory');
  });
});
