import { describe, expect, it } from 'vitest';
import type { ConfiguredPlugin } from '@holdfast/core/config';
import { FakeCli } from '../support/fake-cli.js';

const optionsSchema = {
  type: 'object',
  required: ['url'],
  properties: {
    url: { type: 'string', description: 'Where to.' },
    retries: { type: 'integer', minimum: 0, maximum: 9, default: 3 },
    mode: { enum: ['fast', 'safe'], default: 'safe' },
    tls: { type: 'object', properties: { ca: { type: 'string' } } },
    tags: { type: 'array', items: { type: 'string' } },
  },
} as const;

const BUILT_IN: ConfiguredPlugin = {
  ...{ name: 'file', kind: 'log-driver', source: 'built-in', version: '0.1.0', apiVersion: 1 },
  ...{ path: null, package: null, place: null, optionsSchema: { type: 'object' }, error: null },
};
const MINE: ConfiguredPlugin = {
  ...BUILT_IN,
  ...{ name: 'mine', source: 'package', version: '1.2.3', path: '/m/index.js', package: '@me/mine', optionsSchema },
  place: '/etc/c.json:2:3 plugins[0]',
};
const BROKEN: ConfiguredPlugin = {
  ...BUILT_IN,
  ...{ name: './broken.js', kind: null, source: 'path', version: null, apiVersion: null, optionsSchema: null },
  error: { code: 'SHIM_PLUGIN_LOAD', message: 'it threw', remedy: 'Mend it.' },
};

function having(...plugins: ConfiguredPlugin[]): FakeCli {
  const cli = new FakeCli();
  cli.config = { plugins: () => Promise.resolve(plugins) };
  return cli;
}

describe('plugins list', () => {
  it('shows what each is and where it comes from', async () => {
    expect(await having(BUILT_IN, MINE).run('plugins', 'list')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'NAME  KIND        VERSION  API  SOURCE    PATH',
        'file  log-driver  0.1.0    1    built-in  -',
        'mine  log-driver  1.2.3    1    package   /m/index.js',
        '',
      ].join('\n'),
    });
  });

  it('shows one that cannot be loaded with its error, and exits with 1', async () => {
    const { code, stdout, stderr } = await having(BUILT_IN, BROKEN).run('plugins', 'ls');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\.\/broken\.js +\? +- +- +path +error: SHIM_PLUGIN_LOAD$/m);
    expect(stderr).toBe('shimctl: it threw (SHIM_PLUGIN_LOAD)\n  try: Mend it.\n');
  });

  it('prints an array with --json', async () => {
    const { optionsSchema: _schema, ...shown } = MINE;
    expect(JSON.parse((await having(MINE).run('plugins', 'list', '--json')).stdout)).toEqual([shown]);
  });
});

describe('plugins info', () => {
  it('shows the options in a table', async () => {
    const { code, stdout } = await having(BUILT_IN, MINE).run('plugins', 'info', 'mine');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        ...['name:       mine', 'kind:       log-driver', 'version:    1.2.3', 'plugin API: 1', 'source:     package'],
        ...['package:    @me/mine', 'path:       /m/index.js', 'named at:   /etc/c.json:2:3 plugins[0]', ''],
        'OPTION   TYPE             DEFAULT          MEANING',
        'url      string           (must be given)  Where to.',
        'retries  integer 0..9     3',
        'mode     "fast" | "safe"  "safe"',
        'tls      object           -',
        'tls.ca   string           -',
        'tags     array of string  -',
        '',
      ].join('\n'),
    );
    expect((await having(BUILT_IN).run('plugins', 'info', 'file')).stdout).toContain('It has no options.');
  });

  it('prints the schema with --json', async () => {
    expect(JSON.parse((await having(MINE).run('--json', 'plugins', 'info', 'mine')).stdout)).toEqual(MINE);
  });

  it('says which plugin may have been meant', async () => {
    const { code, stderr } = await having(MINE).run('plugins', 'info', 'mien');
    expect(code).toBe(1);
    expect(stderr).toContain('there is no plugin "mien", did you mean "mine"? (SHIM_PLUGIN_NOT_FOUND)');
  });
});
