import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

const SETTINGS = [
  { path: 'runtime', value: 'crun', origin: 'flag --runtime' },
  { path: 'logs[0].options', value: {}, origin: '/etc/holdfast/config.json:3' },
];

describe('config', () => {
  it('shows each value and where it came from', async () => {
    const cli = new FakeCli();
    cli.config = { shownSettings: () => Promise.resolve(SETTINGS) };
    expect((await cli.run('config', 'show')).stdout).toBe(
      [
        'PATH             VALUE   ORIGIN',
        'runtime          "crun"  flag --runtime',
        'logs[0].options  {}      /etc/holdfast/config.json:3',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await cli.run('config', 'show', '--json')).stdout)).toEqual(SETTINGS);
  });

  it('says that a config is valid', async () => {
    expect(await new FakeCli().run('config', 'validate')).toEqual({
      code: 0,
      stdout: 'The config is valid.\nThere is no config file: these are the defaults.\n',
      stderr: '',
    });
    const { stdout } = await new FakeCli().run('--json', 'config', 'validate');
    expect(JSON.parse(stdout)).toEqual({ valid: true, warnings: [], files: [], overrides: [] });
  });

  it('says which files were read, who won where they disagree, and what loading the plugins brought up', async () => {
    const cli = new FakeCli();
    const overrides = [{ path: 'group', by: 'env HOLDFAST_GROUP', over: '/etc/holdfast/config.json:3' }];
    const warnings = ['first'];
    const validate = (): Promise<void> => Promise.resolve(void warnings.push('second'));
    cli.config = { files: ['/etc/holdfast/config.json', '/b.yaml'], overrides, warnings, validate };
    const { stdout, stderr } = await cli.run('config', 'validate');
    expect(stdout).toBe(
      [
        'The config is valid.',
        'Read: /etc/holdfast/config.json, /b.yaml',
        'group: env HOLDFAST_GROUP overrides /etc/holdfast/config.json:3',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('shimctl: warning: first\nshimctl: warning: second\n');
  });

  it('exits with 1 and the problems when a plugin finds some', async () => {
    const cli = new FakeCli();
    cli.config = { validate: () => Promise.reject(new ShimError('SHIM_CONFIG_INVALID', 'f:1:2 logs[0]: no')) };
    const { code, stdout, stderr } = await cli.run('config', 'validate');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('f:1:2 logs[0]: no (SHIM_CONFIG_INVALID)');
  });

  it('asks for all mistakes at once in validate alone', async () => {
    const cli = new FakeCli();
    for (const command of ['show', 'validate']) await cli.run('config', command);
    expect(cli.configRequests.map(({ thorough }) => thorough)).toEqual([undefined, true]);
  });

  it('prints the schema', async () => {
    expect((await new FakeCli().run('config', 'schema')).stdout).toBe('{\n  "title": "holdfast config"\n}\n');
  });

  it('opens no shim', async () => {
    const cli = new FakeCli();
    for (const command of ['show', 'validate', 'schema']) await cli.run('config', command);
    expect(cli.shims.closed).toBe(0);
  });
});
