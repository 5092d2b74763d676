import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { PluginRegistry } from '../../src/plugins/index.js';
import { makeConfigHome, validators, type ConfigHome } from './config-files.js';

describe('loadConfig', () => {
  let home: ConfigHome;
  beforeEach(async () => {
    home = await makeConfigHome();
  });
  afterEach(() => home.remove());

  it('fills in the defaults where nothing is said', async () => {
    const { config, origins } = await home.load({});
    expect(config).toEqual({
      runtime: 'runc',
      runtimes: {},
      logs: [{ driver: 'file' }],
      plugins: [],
      root: '/run/holdfast',
      logRoot: '/var/log/holdfast',
      namespace: 'default',
      group: 'default',
      detachKeys: 'ctrl-p,ctrl-q',
      output: {
        maxRecord: '16ki',
        partialDelay: '250ms',
        rateLimit: { bytes: '0', lines: 0, burst: '1s', policy: 'block' },
      },
      limits: { runtimeTimeout: '30s', drainTimeout: '2s', stopTimeout: '10s', logTimeout: '5s' },
      containerd: { shimPer: 'node' },
      shim: { logLevel: 'info', idleTimeout: '2s' },
    });
    expect(new Set(origins.values())).toEqual(new Set(['default']));
  });

  it('lets flags win over the file and the file over defaults, and knows where each came from', async () => {
    const text = `{
  "$schema": "./schema.json",
  "namespace": "a",
  "group": "g",
  "runtimes": { "mine": { "plugin": "runc", "options": { "path": "/x" } } },
  "limits": { "stopTimeout": "1m" },
  "shim": { "idleTimeout": "1s" }
}`;
    const flags = { namespace: 'b', root: 'state', logLevel: 'debug', runtime: 'mine' };
    const { config, origins } = await home.load({ text, flags });
    expect(config).toMatchObject({
      namespace: 'b',
      group: 'g',
      root: join(home.path, 'state'),
      runtime: 'mine',
      shim: { logLevel: 'debug', idleTimeout: '1s' },
    });
    expect(Object.fromEntries(origins)).toMatchObject({
      namespace: 'flag --namespace',
      group: `${home.file}:4`,
      root: 'flag --root',
      runtime: 'flag --runtime',
      'runtimes.mine.options.path': `${home.file}:5`,
      'limits.stopTimeout': `${home.file}:6`,
      'limits.drainTimeout': 'default',
      'shim.logLevel': 'flag --log-level',
      'shim.idleTimeout': `${home.file}:7`,
      'logs[0].driver': 'default',
    });
  });

  it('replaces all of "logs" once there is a log flag, values read by the schema of the driver', async () => {
    const text = '{ "logs": [{ "driver": "file" }, { "driver": "file", "options": { "path": "/x" } }] }';
    const { config, origins } = await home.load({ text, flags: { logs: ['file,maxFiles=3,compress'] } });
    expect(config.logs).toEqual([{ driver: 'file', options: { maxFiles: 3, compress: true } }]);
    expect(origins.get('logs[0].options.maxFiles')).toBe('flag --log');
    const queued = await home.load({
      flags: { logs: ['file,queue.mode=drop-oldest,maxFiles=3,queue.spill=1g,isolate=process'] },
    });
    expect(queued.config.logs).toEqual([
      {
        driver: 'file',
        options: { maxFiles: 3 },
        queue: { mode: 'drop-oldest', size: '1m', blockTimeout: '5s', spill: '1g' },
        isolate: 'process',
      },
    ]);
  });

  it('takes no time at all for what can be done in it', async () => {
    const limits = { drainTimeout: '0s', stopTimeout: '0ms', runtimeTimeout: '010ms', logTimeout: '1ms' };
    expect((await home.load({ text: JSON.stringify({ limits }) })).config.limits).toEqual(limits);
  });

  it('takes a file with a byte order mark', async () => {
    expect((await home.load({ text: '\ufeff{ "group": "g" }' })).config.group).toBe('g');
  });

  describe('refuses', () => {
    const loadFile = (file: string) =>
      loadConfig({ file, cwd: home.path, registry: new PluginRegistry([]), validators });

    it('a file that does not exist', async () => {
      await expect(loadFile('none.json')).rejects.toMatchObject({
        code: 'SHIM_CONFIG_NOT_FOUND',
        message: 'none.json: there is no such config file',
        where: join(home.path, 'none.json'),
      });
    });

    it('a directory, a FIFO and a file over 1 MiB', async () => {
      await mkdir(join(home.path, 'd.json'));
      await promisify(execFile)('mkfifo', [join(home.path, 'f.json')]);
      await writeFile(join(home.path, 'l.json'), `{ "root": "/${'x'.repeat(1024 * 1024)}" }`);
      await expect(loadFile('d.json')).rejects.toThrow('d.json: the config file is a directory');
      await expect(loadFile('f.json')).rejects.toThrow('f.json: the config file is not a regular file');
      await expect(loadFile('l.json')).rejects.toThrow('l.json: the config file is larger than 1048576 bytes');
      await expect(loadFile('l.json')).rejects.toMatchObject({ code: 'SHIM_CONFIG_INVALID' });
    });

    it('a file it may not read', async () => {
      await writeFile(join(home.path, 'p.json'), '{}', { mode: 0 });
      const user = process.geteuid?.();
      // Root may read all, so it must be somebody else for a moment.
      if (user === 0) process.seteuid?.(65534);
      try {
        await expect(loadFile('p.json')).rejects.toMatchObject({
          code: 'SHIM_PERMISSION',
          message: expect.stringContaining("p.json: can't read the config file: EACCES") as string,
        });
      } finally {
        if (user === 0) process.seteuid?.(user);
      }
    });

    it('a file that is not UTF-8', async () => {
      await writeFile(join(home.path, 'u.json'), Buffer.from([0x7b, 0xff, 0x7d]));
      await expect(loadFile('u.json')).rejects.toMatchObject({ code: 'SHIM_CONFIG_SYNTAX' });
    });

    it('broken JSON, with line and column', async () => {
      const failure = home.load({ text: '{\n  "runtime": "runc",\n  "logs": [,]\n}' });
      await expect(failure).rejects.toMatchObject({ code: 'SHIM_CONFIG_SYNTAX', where: `${home.file}:3:12` });
      await expect(failure).rejects.toThrow(`${home.file}:3:12: expected a value, near ",]"`);
    });

    it.each([
      ['{ "runtmie": "runc" }', '1:3 runtmie: unknown key, did you mean "runtime"?'],
      [
        '{ "logs": [{ "drivr": "file", "driver": "file" }] }',
        '1:14 logs[0].drivr: unknown key, did you mean "driver"?',
      ],
      ['{ "zzz": 1 }', '1:3 zzz: unknown key'],
      ['{ "logs": [{}] }', '1:12 logs[0]: missing key "driver"'],
      ['{ "runtime": 1 }', '1:14 runtime: must be a string, is a number'],
      ['{ "logs": {} }', '1:11 logs: must be an array, is an object'],
      ['{ "shim": null }', '1:11 shim: must be an object, is null'],
      ['[]', '1:1: must be an object, is an array'],
      [
        '{ "shim": { "logLevel": "inof" } }',
        '1:25 shim.logLevel: must be one of "trace", "debug", "info", "warn", "error", "fatal", is "inof", did you mean "info"?',
      ],
      ['{ "root": "run" }', '1:11 root: "run" is not an absolute path'],
      [
        '{ "limits": { "stopTimeout": "10 s" } }',
        '1:30 limits.stopTimeout: "10 s" is not a duration such as "500ms", "30s" or "2m"',
      ],
      [
        '{ "limits": { "logTimeout": "0s" } }',
        '1:29 limits.logTimeout: "0s" is not a duration of at least 1ms, such as "500ms", "30s" or "2m"',
      ],
      [
        '{ "limits": { "runtimeTimeout": "00m" } }',
        '1:33 limits.runtimeTimeout: "00m" is not a duration of at least 1ms, such as "500ms", "30s" or "2m"',
      ],
      [
        '{ "output": { "maxRecord": "16 KiB" } }',
        '1:28 output.maxRecord: "16 KiB" is not a size such as "10m", "512k" or "16ki"',
      ],
      ['{ "output": { "maxRecord": 16384 } }', '1:28 output.maxRecord: must be a string, such as "16ki", is a number'],
      [
        '{ "output": { "rateLimit": { "bytes": "1M" } } }',
        '1:39 output.rateLimit.bytes: "1M" is not a size such as "10m", "512k" or "16ki"',
      ],
      [
        '{ "logs": [{ "driver": "x", "queue": { "size": "1.5m" } }] }',
        '1:48 logs[0].queue.size: "1.5m" is not a size such as "10m", "512k" or "16ki"',
      ],
      [
        '{ "logs": [{ "driver": "x", "queue": { "size": "0" } }] }',
        '1:48 logs[0].queue.size: "0" has no room for records: give at least 4k, such as "1m"',
      ],
      [
        '{ "logs": [{ "driver": "x", "queue": { "mode": "drop-oldest", "size": "3999b" } }] }',
        '1:71 logs[0].queue.size: "3999b" has no room for records: give at least 4k, such as "1m"',
      ],
      [
        '{ "logs": [{ "driver": "x", "queue": { "spill": "1k" } }] }',
        '1:49 logs[0].queue.spill: "1k" has no room for records: give at least 4k, such as "1m", or "0" for none',
      ],
      [
        '{ "logs": [{ "driver": "" }] }',
        '1:24 logs[0].driver: "" is not the name, the path or the package of a plugin',
      ],
      ['{ "limits": { "stopTimeout": "99999m" } }', '1:30 limits.stopTimeout: "99999m" is longer than 24 days'],
      [
        '{ "namespace": "../x" }',
        '1:16 namespace: "../x" is not a name: 1 to 128 of A-Z a-z 0-9 _ . + - that start with a letter, a digit or _',
      ],
      [
        '{ "runtimes": { "a.b": { "plugn": "x" } } }',
        '1:26 runtimes["a.b"].plugn: unknown key, did you mean "plugin"?',
      ],
    ])('%s', async (text, line) => {
      const failure = home.load({ text });
      await expect(failure).rejects.toMatchObject({ code: 'SHIM_CONFIG_INVALID', message: `${home.file}:${line}` });
      await expect(failure).rejects.toHaveProperty('where', expect.stringContaining(`${home.file}:1:`));
    });

    it('several mistakes at once, a line each', async () => {
      const text = '{\n  "runtime": 1,\n  "gruop": "x",\n  "plugins": [1, 2]\n}';
      const error: unknown = await home.load({ text }).catch((reason: unknown) => reason);
      expect((error as Error).message.split('\n').toSorted()).toEqual([
        `${home.file}:2:14 runtime: must be a string, is a number`,
        `${home.file}:3:3 gruop: unknown key, did you mean "group"?`,
        `${home.file}:4:15 plugins[0]: must be a string, is a number`,
        `${home.file}:4:18 plugins[1]: must be a string, is a number`,
      ]);
    });

    it('a mistake in the file though a flag says something else', async () => {
      const failure = home.load({ text: '{ "shim": 5 }', flags: { logLevel: 'info' } });
      await expect(failure).rejects.toThrow('shim: must be an object, is a number');
    });

    it('a great many mistakes with the first of them only', async () => {
      const text = JSON.stringify({ plugins: Array.from({ length: 1000 }, () => 1) });
      await expect(home.load({ text })).rejects.toThrow(/\nand 950 more$/);
    });

    it.each([
      [{ namespace: 'a/b' }, '--namespace a/b: "a/b" is not a name'],
      [{ group: '' }, '--group : "" is not a name'],
      [{ logLevel: 'loud' }, '--log-level loud: must be one of "trace"'],
      [{ logs: [''] }, '--log "" driver: "" is not the name, the path or the package of a plugin'],
      [{ logs: ['file,path'] }, '--log file,path path: needs a value, path=…'],
      [{ logs: ['file,queue.mode=best'] }, '--log file,queue.mode=… queue.mode: must be one of'],
      [{ logs: ['file,queue.siez=1m'] }, '--log file,queue.siez=… queue.siez: unknown key, did you mean "size"?'],
      [{ logs: ['file,queue=1m'] }, '--log file,queue=… queue: must be an object, is a string'],
      [{ logs: ['file,isolate'] }, '--log file,isolate isolate: must be one of'],
      [{ logs: ['file,isolate=none,isolate=thread'] }, '--log file,isolate=…,isolate=… isolate: given twice'],
      [{ logs: ['file,path=/x,maxFiles=y,path=z'] }, '--log file,path=…,maxFiles=…,path=… path: given twice'],
    ])('the flags %j', async (flags, words) => {
      await expect(home.load({ flags })).rejects.toMatchObject({
        code: 'SHIM_CONFIG_INVALID',
        message: expect.stringContaining(words) as string,
      });
    });

    it('a log flag whose driver does not exist', async () => {
      await expect(home.load({ flags: { logs: ['fiel,x=1'] } })).rejects.toMatchObject({
        code: 'SHIM_LOG_DRIVER_UNKNOWN',
        message: '--log fiel,x=… driver: unknown log driver "fiel", did you mean "file"? there is file',
      });
    });
  });
});
