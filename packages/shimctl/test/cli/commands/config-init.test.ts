import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

function newCli(): FakeCli {
  const cli = new FakeCli();
  cli.cwd = temporaryDirectory();
  return cli;
}

describe('config init', () => {
  it.each([
    ['holdfast.jsonc', '"$schema": "./holdfast.schema.json"'],
    ['config.yaml', '# yaml-language-server: $schema=./config.schema.json'],
    ['etc/a.yml', '$schema: "./a.schema.json"'],
    ['a.json', '"$schema": "./a.schema.json"'],
  ])('writes %s for its owner alone, and its schema beside it', async (name, words) => {
    const cli = newCli();
    const file = join(cli.cwd, name);
    const schema = file.replace(/\.\w+$/, '.schema.json');
    const { code, stdout } = await cli.run('config', 'init', name);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `wrote ${file}\nwrote ${schema}\n` });
    expect(readFileSync(file, 'utf8')).toContain(words);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toEqual({ title: 'holdfast config' });
    expect(readdirSync(join(file, '..'))).toHaveLength(2);
  });

  it('writes no schema when told so', async () => {
    const cli = newCli();
    expect(JSON.parse((await cli.run('--json', 'config', 'init', 'a.jsonc', '--no-schema')).stdout)).toEqual({
      written: [join(cli.cwd, 'a.jsonc')],
    });
    expect(readFileSync(join(cli.cwd, 'a.jsonc'), 'utf8')).not.toContain('$schema');
  });

  it('writes over nothing, not through a symbolic link either, unless forced', async () => {
    const cli = newCli();
    writeFileSync(join(cli.cwd, 'mine.jsonc'), 'mine');
    symlinkSync('nowhere', join(cli.cwd, 'link.jsonc'));
    for (const name of ['mine.jsonc', 'link.jsonc']) {
      const { code, stderr } = await cli.run('config', 'init', name);
      expect(code).toBe(1);
      expect(stderr).toContain(`${join(cli.cwd, name)} exists (SHIM_CONFIG_EXISTS)`);
    }
    expect(readFileSync(join(cli.cwd, 'mine.jsonc'), 'utf8')).toBe('mine');
    expect(existsSync(join(cli.cwd, 'nowhere'))).toBe(false);
    expect((await cli.run('config', 'init', 'mine.jsonc', '--force')).code).toBe(0);
    expect(readFileSync(join(cli.cwd, 'mine.jsonc'), 'utf8')).toContain('"runtime": "runc"');
  });

  it('makes no second config beside another', async () => {
    const cli = newCli();
    writeFileSync(join(cli.cwd, 'config.json'), '{}');
    const { code, stderr } = await cli.run('config', 'init', 'config.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain(`there is ${join(cli.cwd, 'config.json')} already`);
    expect(readdirSync(cli.cwd)).toEqual(['config.json']);
  });

  it.each([
    [['a.txt'], 'a.txt ends with none of'],
    [['a.json', '--format', 'yaml'], 'a.json is not named as --format says'],
    [['--format', 'toml'], 'toml'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await newCli().run('config', 'init', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('says what hinders it', async () => {
    const cli = newCli();
    writeFileSync(join(cli.cwd, 'file'), '');
    expect((await cli.run('config', 'init', 'file/a.json')).stderr).toContain('(SHIM_IO)');
    mkdirSync(join(cli.cwd, 'd.json'));
    expect((await cli.run('config', 'init', 'd.json', '--force')).stderr).toContain('(SHIM_IO)');
    expect(readdirSync(cli.cwd).toSorted()).toEqual(['d.json', 'file']);
  });
});
