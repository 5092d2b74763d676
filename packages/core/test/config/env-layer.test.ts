import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENV_SETTINGS } from '../../src/config/index.js';
import { makeConfigHome, type ConfigHome } from './config-files.js';

describe('HOLDFAST_ variables', () => {
  let home: ConfigHome;
  beforeEach(async () => {
    home = await makeConfigHome();
  });
  afterEach(() => home.remove());

  it('are one for each setting, named as it is', () => {
    expect(ENV_SETTINGS.map(({ name }) => name)).toEqual([
      'HOLDFAST_RUNTIME',
      'HOLDFAST_LOG',
      'HOLDFAST_OUTPUT_MAX_RECORD',
      'HOLDFAST_OUTPUT_PARTIAL_DELAY',
      'HOLDFAST_OUTPUT_RATE_LIMIT_BYTES',
      'HOLDFAST_OUTPUT_RATE_LIMIT_BURST',
      'HOLDFAST_OUTPUT_RATE_LIMIT_POLICY',
      'HOLDFAST_PLUGINS',
      'HOLDFAST_ROOT',
      'HOLDFAST_LOG_ROOT',
      'HOLDFAST_NAMESPACE',
      'HOLDFAST_GROUP',
      'HOLDFAST_DETACH_KEYS',
      'HOLDFAST_LIMITS_RUNTIME_TIMEOUT',
      'HOLDFAST_LIMITS_DRAIN_TIMEOUT',
      'HOLDFAST_LIMITS_STOP_TIMEOUT',
      'HOLDFAST_LIMITS_LOG_TIMEOUT',
      'HOLDFAST_CONTAINERD_SHIM_PER',
      'HOLDFAST_SHIM_LOG_LEVEL',
      'HOLDFAST_SHIM_IDLE_TIMEOUT',
    ]);
  });

  it('lie over the files and under the flags', async () => {
    const environment = {
      HOLDFAST_RUNTIME: 'env',
      HOLDFAST_GROUP: 'env',
      HOLDFAST_ROOT: 'state',
      HOLDFAST_LIMITS_STOP_TIMEOUT: '7s',
      HOLDFAST_SHIM_LOG_LEVEL: 'warn',
      HOLDFAST_NAMESPACE: '',
    };
    const text = '{ "runtime": "file", "namespace": "file", "limits": { "stopTimeout": "1s", "drainTimeout": "1s" } }';
    const { config, origins } = await home.load({ text, environment, flags: { group: 'flag' } });
    expect(config).toMatchObject({
      runtime: 'env',
      group: 'flag',
      namespace: 'file',
      root: join(home.path, 'state'),
      limits: { stopTimeout: '7s', drainTimeout: '1s', logTimeout: '5s' },
      shim: { logLevel: 'warn', idleTimeout: '2s' },
    });
    expect(Object.fromEntries(origins)).toMatchObject({
      runtime: 'env HOLDFAST_RUNTIME',
      group: 'flag --group',
      'limits.stopTimeout': 'env HOLDFAST_LIMITS_STOP_TIMEOUT',
      'limits.drainTimeout': `${home.file}:1`,
      'shim.logLevel': 'env HOLDFAST_SHIM_LOG_LEVEL',
    });
  });

  it('give log drivers as --log does, several with semicolons', async () => {
    const environment = { HOLDFAST_LOG: String.raw`file,path=/a\;b,maxFiles=3;file,path=/c\,d` };
    const { config, origins } = await home.load({ environment });
    expect(config.logs).toEqual([
      { driver: 'file', options: { path: '/a;b', maxFiles: 3 } },
      { driver: 'file', options: { path: '/c,d' } },
    ]);
    expect(origins.get('logs[1].options.path')).toBe('env HOLDFAST_LOG');
    const flagged = await home.load({ environment, flags: { logs: ['file,maxFiles=9'] } });
    expect(flagged.config.logs).toEqual([{ driver: 'file', options: { maxFiles: 9 } }]);
  });

  it('may end with a semicolon', async () => {
    const { config } = await home.load({ environment: { HOLDFAST_LOG: 'file;' } });
    expect(config.logs).toEqual([{ driver: 'file', options: {} }]);
  });

  it('list plugins, found from the working directory', async () => {
    const { config, pluginReferences } = await home.load({ environment: { HOLDFAST_PLUGINS: './a.mjs;@acme/log' } });
    expect(config.plugins).toEqual(['./a.mjs', '@acme/log']);
    expect(pluginReferences[0]).toMatchObject({ text: './a.mjs', directory: home.path });
  });

  it.each([
    [{ HOLDFAST_SHIM_LOG_LEVEL: 'inof' }, 'HOLDFAST_SHIM_LOG_LEVEL=inof: must be one of'],
    [{ HOLDFAST_SHIM_LOG_LEVEL: 'inof' }, 'is "inof", did you mean "info"?'],
    [{ HOLDFAST_LIMITS_STOP_TIMEOUT: '5' }, 'HOLDFAST_LIMITS_STOP_TIMEOUT=5: "5" is not a duration'],
    [{ HOLDFAST_LOG: ';;' }, 'HOLDFAST_LOG "" driver: "" is not the name, the path or the package of a plugin'],
    [{ HOLDFAST_LOG: ' ' }, 'HOLDFAST_LOG "" driver: "" is not the name'],
    [{ HOLDFAST_LOG: 'file; ,path=/x' }, 'HOLDFAST_LOG "",path=… driver: " " is not the name'],
    [{ HOLDFAST_PLUGINS: ';' }, 'HOLDFAST_PLUGINS=;: "" is not the name, the path or the package of a plugin'],
    [{ HOLDFAST_RUNTIME: ' ' }, 'HOLDFAST_RUNTIME= : " " is not the name'],
    [{ HOLDFAST_LOG: 'file,maxFiles' }, 'HOLDFAST_LOG file,maxFiles maxFiles: needs a value'],
    [{ HOLDFAST_LOG: 'fiel,a=b' }, 'HOLDFAST_LOG fiel,a=… driver: unknown log driver "fiel", did you mean "file"?'],
  ])('%j are refused in words', async (environment, words) => {
    await expect(home.load({ environment })).rejects.toThrow(words);
  });

  it('that do not exist are warned of, those with another meaning not', async () => {
    const environment = {
      HOLDFAST_RUNTMIE: 'x',
      HOLDFAST_LOG_LEVEL: 'x',
      HOLDFAST_LOGS: 'x',
      HOLDFAST_ZZZZZZZZ: 'x',
      HOLDFAST_KEEPER: 'x',
      HOLDFAST_FAULT: 'x',
      HOLDFAST_TEST_SHIMD: 'x',
      HOLDFASTER: 'x',
    };
    expect((await home.load({ environment })).warnings).toEqual([
      'HOLDFAST_LOGS: no such variable, did you mean "HOLDFAST_LOG"?',
      'HOLDFAST_LOG_LEVEL: no such variable, did you mean "HOLDFAST_SHIM_LOG_LEVEL"?',
      'HOLDFAST_RUNTMIE: no such variable, did you mean "HOLDFAST_RUNTIME"?',
      'HOLDFAST_ZZZZZZZZ: no such variable',
    ]);
  });
});
