import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { creatingSource, pluginSource } from '../plugins/plugin-files.js';
import { makeConfigHome, type ConfigHome, type Setup } from './config-files.js';

/** Throws as a driver does that has looked at an option. */
const fail = (where: string, message: string, code = 'SHIM_CONFIG_INVALID'): string => `
  const error = Object.assign(new Error(${message}), { code: '${code}', where: '${where}', remedy: 'Mend it.' });
  Object.defineProperty(error, Symbol.for('holdfast.error'), { value: true });
  throw error;`;

describe('check', () => {
  let home: ConfigHome;
  beforeEach(async () => {
    home = await makeConfigHome();
  });
  afterEach(() => home.remove());

  const failure = async (setup: Setup): Promise<Error> => {
    const config = await home.load({ ...setup, thorough: true }).catch((error: unknown) => error as Error);
    const error = config instanceof Error ? config : await config.check().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  };
  const linesOf = async (setup: Setup): Promise<string[]> => (await failure(setup)).message.split('\n');

  describe('makes each plugin once', () => {
    it('and tells what only create refuses, at the option', async () => {
      await home.write({ 'mine.mjs': creatingSource(fail('options.tag', '`no tag: ${options.tag}`')) });
      const text =
        '{\n  "logs": [\n    { "driver": "file" },\n    { "driver": "./mine.mjs", "options": { "tag": "{{" } }\n  ]\n}';
      expect(await failure({ text })).toMatchObject({
        code: 'SHIM_CONFIG_INVALID',
        message: `${home.file}:4:51 logs[1].options.tag: no tag: {{`,
        where: `${home.file}:4:51 logs[1].options.tag`,
        remedy: 'Mend it.',
      });
      expect(await failure({ flags: { logs: ['./mine.mjs,tag=x'] } })).toMatchObject({
        message: '--log ./mine.mjs,tag=… tag: no tag: x',
      });
    });

    it.each([
      ['options', ' logs[0].options'],
      ['options.a.b[1]', ' logs[0].options.a.b[1]'],
      ['options["x y"]', ' logs[0].options["x y"]'],
      ['options.a]', ' logs[0].driver'],
      ['optionsa', ' logs[0].driver'],
      ['mine.create', ' logs[0].driver'],
    ])('and takes %s for a place', async (where, place) => {
      await home.write({ 'mine.mjs': creatingSource(fail(where, '"no"')) });
      const text = '{ "logs": [{ "driver": "./mine.mjs", "options": { "a": { "b": [1, 2] }, "x y": 1 } }] }';
      expect((await failure({ text })).message).toMatch(/^\S+:1:\d+(?<place> .*): no$/);
      expect((await failure({ text })).message).toContain(`${place}: no`);
    });

    it('and names the plugin whose own mistake it is', async () => {
      await home.write({ 'mine.mjs': creatingSource('return options.tag.trim();') });
      expect(await failure({ text: '{ "logs": [{ "driver": "./mine.mjs" }] }' })).toMatchObject({
        code: 'SHIM_PLUGIN_FAILED',
        message: expect.stringMatching(/:1:24 logs\[0\]\.driver: plugin mine failed in create: Cannot read/) as string,
      });
    });

    it('and shows no secret that it quotes', async () => {
      const schema = { type: 'object', properties: { token: { type: 'string', writeOnly: true } } };
      await home.write({ 'mine.mjs': creatingSource(fail('options.token', '`bad: ${options.token}`'), schema) });
      const text = '{ "logs": [{ "driver": "./mine.mjs", "options": { "token": "hunter2" } }] }';
      const error = await failure({ text });
      expect(error.message).toMatch(/options\.token: bad: \*{8}$/);
      expect(`${error.stack} ${String((error.cause as Error).stack)}`).not.toContain('hunter2');
    });

    it('with nothing to do, and lets go of it', async () => {
      await home.write({
        'mine.mjs': `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
${creatingSource(`
  mkdirSync(context.directory, { recursive: true });
  writeFileSync(context.directory + '/junk', '');
  const lane = context.lane('/x');
  const tell = (text) => appendFileSync(options.seen, text + '\\n');
  tell(context.directory);
  lane.open('/x', 0, 0).catch((error) => tell(error.message));
  return { close: async (reason) => tell('closed: ' + reason) };`)}`,
      });
      const seen = join(home.path, 'seen');
      const loaded = await home.load({ text: JSON.stringify({ logs: [{ driver: './mine.mjs', options: { seen } }] }) });
      await loaded.check();
      const [directory, ...said] = (await readFile(seen, 'utf8')).trim().split('\n');
      expect(said.toSorted()).toEqual(['closed: restart', 'nothing is done while a config is checked']);
      expect(existsSync(join(directory as string, '..'))).toBe(false);
    });

    it('and waits for none that does not close', async () => {
      await home.write({ 'mine.mjs': creatingSource('return { close: () => new Promise(() => undefined) };') });
      const loaded = await home.load({ text: '{ "logs": [{ "driver": "./mine.mjs" }] }' });
      await expect(loaded.check()).resolves.toBeUndefined();
    });
  });

  it('tells mistakes of the file, of schemas, of names and of create in one error', async () => {
    await home.write({ 'mine.mjs': creatingSource(fail('options.tag', '"no tag"')) });
    const text = `{
  "gruop": "x",
  "limits": { "stopTimeout": "99999m" },
  "runtimes": { "a": { "plugin": "oci" }, "b": { "plugin": "rucn" }, "c": { "plugn": "x" } },
  "logs": [
    { "driver": "file", "options": { "maxFiles": 0 } },
    { "driver": "./mine.mjs", "options": { "tag": "" } },
    { "drivr": "file" },
    { "driver": "fiel" }
  ]
}`;
    const error = await failure({ text });
    expect(error).toMatchObject({ code: 'SHIM_CONFIG_INVALID', remedy: expect.stringContaining('Mend it.') as string });
    expect(error.message.split('\n').toSorted()).toEqual(
      [
        '2:3 gruop: unknown key, did you mean "group"?',
        '3:30 limits.stopTimeout: "99999m" is longer than 24 days',
        '4:22 runtimes.a.options: missing key "path"',
        '4:60 runtimes.b.plugin: unknown runtime "rucn", did you mean "runc"? there are a, c, runc, oci',
        '4:77 runtimes.c.plugn: unknown key, did you mean "plugin"?',
        '6:50 logs[0].options.maxFiles: must be >= 1, is 0',
        '7:51 logs[1].options.tag: no tag',
        '8:5 logs[2]: missing key "driver"',
        '8:7 logs[2].drivr: unknown key, did you mean "driver"?',
        '9:17 logs[3].driver: unknown log driver "fiel", did you mean "file"? there is file',
      ].map((line) => `${home.file}:${line}`),
    );
  });

  it('tells of all files that can not be read, and of mistakes in the others', async () => {
    await home.write({ 'etc/config.json': '{,', 'etc/conf.d/a.yaml': 'a: [', 'etc/conf.d/b.json': '{ "gruop": 1 }' });
    const lines = await linesOf({});
    expect(lines.map((line) => /etc\/(\S+?):/.exec(line)?.[1])).toEqual([
      'conf.d/b.json',
      'config.json',
      'conf.d/a.yaml',
    ]);
  });

  it('tells of every log driver among the flags, and of the file beside them', async () => {
    const flags = { logs: ['fiel', 'file,maxFiles', 'file,maxFiles=0', ''] };
    expect(await linesOf({ text: '{ "runtime": "oci" }', flags })).toEqual([
      '--log "" driver: "" is not the name, the path or the package of a plugin',
      '--log file,maxFiles maxFiles: needs a value, maxFiles=…',
      `${home.file}:1:14 runtime: options of "oci": missing key "path"`,
      '--log file,maxFiles=… maxFiles: must be >= 1, is 0',
      '--log fiel driver: unknown log driver "fiel", did you mean "file"? there is file',
    ]);
  });

  it('says nothing of what only follows from another mistake', async () => {
    await home.write({ 'mine.mjs': pluginSource('mine') });
    expect(await linesOf({ text: '{ "plugins": [1, "./mine.mjs"], "logs": [{ "driver": "mine" }] }' })).toHaveLength(1);
    expect(await linesOf({ text: '{ "runtime": "fast", "runtimes": { "fast": 1 } }' })).toHaveLength(1);
    expect(await linesOf({ text: '{ "runtime": "fast", "runtimes": 1 }' })).toHaveLength(1);
    expect(await linesOf({ text: '[]' })).toHaveLength(1);
  });

  it('tells of two drivers for one file where the second one names it', async () => {
    const options = { path: '/x' };
    const text = JSON.stringify(
      {
        logs: [
          { driver: 'file', options },
          { driver: 'file', options },
        ],
      },
      null,
      1,
    );
    expect(await linesOf({ text })).toEqual([`${home.file}:12:13 logs[1].options.path: logs[0] writes "/x" already`]);
  });

  it('tells of them however the path is written, and by whatever links it is reached', async () => {
    await home.write({ 'real/there': '' });
    await symlink(join(home.path, 'real'), join(home.path, 'link'));
    const paths = ['link/a/x', 'real/./a//x', 'real/a/y'].map((path) => `${home.path}/${path}`);
    const logs = paths.map((path) => ({ driver: 'file', options: { path } }));
    expect(await linesOf({ text: JSON.stringify({ logs }) })).toEqual([
      expect.stringContaining(`logs[1].options.path: logs[0] writes "${paths[1]}" already`),
    ]);
  });

  it('tells of a queue for a driver of local files, where it stands, and of none for another one', async () => {
    await home.write({
      'mine.mjs': creatingSource('return { local: true };'),
      'other.mjs': creatingSource('return {};').replace('mine', 'other'),
    });
    const logs = [
      { driver: './other.mjs', queue: { mode: 'drop-oldest' } },
      { driver: './mine.mjs' },
      { driver: './mine.mjs', queue: { spill: '1g' } },
    ];
    const text = JSON.stringify({ logs }, null, 1);
    expect(await failure({ text })).toMatchObject({
      code: 'SHIM_CONFIG_INVALID',
      message: `${home.file}:14:4 logs[2].queue: the log driver "mine" writes local files and has no queue`,
      remedy: expect.stringMatching(/^Leave "queue" out: .* pipe/) as string,
    });
  });

  it('keeps the code of the only thing that is wrong, or that all have', async () => {
    expect(await failure({ text: '{ "logs": [{ "driver": "a" }, { "driver": "b" }] }' })).toMatchObject({
      code: 'SHIM_LOG_DRIVER_UNKNOWN',
      message: expect.stringMatching(/"a".*\n.*"b"/) as string,
    });
    expect(await failure({ text: '{ "runtime": "x", "logs": [{ "driver": "a" }] }' })).toMatchObject({
      code: 'SHIM_CONFIG_INVALID',
    });
  });
});
