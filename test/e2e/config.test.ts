import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { StateLayout } from '@holdfast/core';
import { killShimd, keeperOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
}
interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const REPOSITORY = join(import.meta.dirname, '..', '..');
/** A mount namespace whose /etc holds nothing but the test's holdfast directory. */
const OTHER_ETC = `set -e; mount --make-rprivate /; mount -t tmpfs -o mode=755 tmpfs /etc; mkdir /etc/holdfast
cp -a "$1/." /etc/holdfast; shift; exec "$@"`;

function write(directory: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

/** Runs shimctl with `etc` as /etc/holdfast and `home` as the home; the real /etc is not touched. */
async function shimctlWith(
  bench: Workbench,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Result> {
  const [etc, home] = [join(bench.directory, 'etc'), join(bench.directory, 'home')];
  for (const directory of [etc, home]) mkdirSync(directory, { recursive: true });
  const command = ['-m', 'sh', '-c', OTHER_ETC, 'sh', etc, SHIMCTL, ...args];
  const result = await execa('unshare', command, {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

async function settings(bench: Workbench, args: readonly string[] = [], env = {}): Promise<Record<string, Setting>> {
  const { exitCode, stdout, stderr } = await shimctlWith(bench, [...args, '--json', 'config', 'show'], env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return Object.fromEntries((JSON.parse(stdout) as Setting[]).map((setting) => [setting.path, setting]));
}

describe('the config', () => {
  it('is put together of /etc/holdfast, conf.d, the user, the environment and flags', async () => {
    const bench = new Workbench();
    write(join(bench.directory, 'etc'), {
      'config.yaml': 'runtime: etc\nnamespace: etc\ngroup: etc\nlimits:\n  stopTimeout: 1s\n  drainTimeout: 1s\n',
      'conf.d/10-first.json': '{ "namespace": "ten", "limits": { "drainTimeout": "3s" } }',
      'conf.d/20-second.jsonc': '{\n  // why\n  "namespace": "twenty",\n}',
    });
    write(join(bench.directory, 'home'), { '.config/holdfast/config.yml': 'group: user\nruntime: user\n' });
    const found = await settings(bench, ['--runtime', 'flag'], { HOLDFAST_GROUP: 'env' });
    const expected = {
      runtime: ['flag', 'flag --runtime'],
      group: ['env', 'env HOLDFAST_GROUP'],
      namespace: ['twenty', '/etc/holdfast/conf.d/20-second.jsonc:3'],
      'limits.stopTimeout': ['1s', '/etc/holdfast/config.yaml:5'],
      'limits.drainTimeout': ['3s', '/etc/holdfast/conf.d/10-first.json:1'],
      'limits.logTimeout': ['5s', 'default'],
    };
    for (const [path, [value, origin]] of Object.entries(expected))
      expect(found[path]).toEqual({ path, value, origin });

    const named = await settings(bench, ['--config', bench.configFile]);
    expect(named['namespace']?.origin).toBe('default');
    const { stdout } = await shimctlWith(bench, ['config', 'path']);
    expect(stdout.split('\n').map((line) => line.split(/  +/))).toEqual([
      ['SOURCE', 'PLACE', 'STATE'],
      ['user', join(bench.directory, 'home/.config/holdfast/config.yml'), 'used'],
      ['conf.d', '/etc/holdfast/conf.d/20-second.jsonc', 'used'],
      ['conf.d', '/etc/holdfast/conf.d/10-first.json', 'used'],
      ['system', '/etc/holdfast/config.yaml', 'used'],
    ]);
  });

  it.each([
    ['two configs', 'SHIM_CONFIG_AMBIGUOUS', { 'config.json': '{}', 'config.yaml': '' }, 0o644],
    ['a file that others can write', 'SHIM_CONFIG_INSECURE', { 'config.json': '{}' }, 0o666],
    ['a mistake in YAML', 'SHIM_CONFIG_SYNTAX', { 'config.yaml': 'a: [1\n' }, 0o644],
    ['a key that does not exist', 'SHIM_CONFIG_INVALID', { 'conf.d/a.yaml': 'gruop: a\n' }, 0o644],
  ])('with %s in /etc/holdfast is refused by every command with %s', async (_what, code, files, mode) => {
    const bench = new Workbench();
    write(join(bench.directory, 'etc'), files);
    for (const name of Object.keys(files)) chmodSync(join(bench.directory, 'etc', name), mode);
    const { exitCode, stderr } = await shimctlWith(bench, ['list']);
    expect({ exitCode, code: /\((SHIM_[A-Z_]+)\)/.exec(stderr)?.[1] }).toEqual({ exitCode: 1, code });
    expect(stderr).toContain('/etc/holdfast/');
  });

  it('that is a bomb is refused before anything is started', async () => {
    const bench = new Workbench();
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const file = join(bench.directory, 'bomb.yaml');
    writeFileSync(file, bomb.join('\n'));
    const { exitCode, stderr } = await bench.shimctl(['--config', file, 'run', '-b', bench.script('b', 'true'), 'c1']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('the aliases make far more of this file than it holds');
    expect(stderr).toContain('(SHIM_CONFIG_SYNTAX)');
    expect(existsSync(bench.root)).toBe(false);
  });

  it('can be started from what init writes, which every format reads back', async () => {
    const bench = new Workbench();
    for (const name of ['a.json', 'b.jsonc', 'c.yaml']) {
      const file = join(bench.directory, 'written', name);
      await bench.ok('config', 'init', file);
      const { stdout, exitCode } = await bench.shimctl(['--config', file, 'config', 'validate']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `The config is valid.\nRead: ${file}` });
      const schema = JSON.parse(readFileSync(file.replace(/\.\w+$/, '.schema.json'), 'utf8')) as object;
      expect(schema).toHaveProperty('properties.limits');
    }
    const { exitCode, stdout } = await shimctlWith(bench, ['config', 'init']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'wrote /etc/holdfast/config.jsonc\nwrote /etc/holdfast/config.schema.json',
    });
  });

  it('of the examples is valid', async () => {
    const bench = new Workbench();
    for (const name of ['config.json', 'config.yaml']) {
      const file = join(REPOSITORY, 'examples', name);
      const { exitCode, stderr } = await bench.shimctl(['--config', file, 'config', 'validate']);
      expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: '' });
    }
  });
});

describe('a container of a YAML config', () => {
  it('runs, and what its log driver calls a secret is shown nowhere', async () => {
    const bench = new Workbench();
    const project = join(bench.directory, 'project');
    mkdirSync(join(project, 'node_modules', '@holdfast'), { recursive: true });
    symlinkSync(join(REPOSITORY, 'packages', 'core'), join(project, 'node_modules', '@holdfast', 'core'));
    const seen = join(bench.directory, 'seen');
    write(project, {
      'secret.mjs': `import { writeFileSync } from 'node:fs';
import { definePlugin } from '@holdfast/core/plugin';
export default definePlugin({ kind: 'log-driver', name: 'secret', apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false, required: ['seen'],
    properties: { seen: { type: 'string' }, token: { type: 'string', writeOnly: true, pattern: '^[a-z0-9]+$' } } },
  create: (_context, options) => ({ write: () => writeFileSync(options.seen, options.token), flush: async () => undefined,
    close: async () => ({ lost: 0 }) }) });`,
      'config.yaml': `root: ${bench.root}
logRoot: ${bench.logRoot}
runtime: ${bench.runtime}
logs:
  - driver: file
  - driver: ./secret.mjs
    options: { seen: ${seen}, token: hunter2 }
shim: { idleTimeout: 100ms }
`,
    });
    const args = ['--config', join(project, 'config.yaml')];
    expect((await bench.shimctl([...args, 'run', '-b', bench.script('b', 'echo hello'), 'c1'])).exitCode).toBe(0);
    expect(await bench.ok('logs', 'c1')).toBe('hello');
    expect(readFileSync(seen, 'utf8')).toBe('hunter2');

    const inspected = await bench.inspect('c1');
    expect(inspected.logs[1]?.options).toEqual({ seen, token: '********' });
    const shown = String((await bench.shimctl([...args, 'config', 'show'])).stdout);
    expect(shown).toMatch(/logs\[1\]\.options\.token +"\*{8}" +\S+config\.yaml:7/);
    writeFileSync(
      join(project, 'bad.yaml'),
      readFileSync(join(project, 'config.yaml'), 'utf8').replace('hunter2', 'HUNTER-2'),
    );
    const bad = await bench.shimctl(['--config', join(project, 'bad.yaml'), 'config', 'validate']);
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toContain('bad.yaml:7:');
    const log = readFileSync(new StateLayout(bench.root).groupLog('default'), 'utf8');
    for (const text of [JSON.stringify(inspected), shown, String(bad.stderr), log])
      expect(text).not.toMatch(/hunter-?2/i);
  });
});

describe('a log driver with a secret', () => {
  const PLUGIN = `const definition = { kind: 'log-driver', name: 'vault', apiVersion: 1,
  optionsSchema: { type: 'object', properties: { token: { type: 'string', writeOnly: true }, closed: { type: 'boolean' } } },
  create: (context, { token, closed }) => ({
    open: async () => {
      context.logger.warn({ token }, 'opening with ' + token);
      if (closed) throw new Error('refused: ' + token);
    },
    write: async () => { throw new Error('cannot write with ' + token); },
    flush: async () => undefined,
    close: async () => ({ lost: 0 }),
    read: async function* () {
      if (token !== 'hunter2') throw new Error('refused: ' + token);
      yield { type: 'entry', stream: 'stdout', time: 1n, bytes: Buffer.from('read back'), partial: false };
    },
  }) };
Object.defineProperty(definition, Symbol.for('holdfast.plugin'), { value: true });
export default definition;`;

  it('reads back with the secret of the config that counts, and says what is missing otherwise', async () => {
    const logs = (token: string) => ({ logs: [{ driver: './vault.mjs', options: { token } }] });
    const bench = new Workbench({ config: logs('hunter2') });
    write(bench.directory, { 'vault.mjs': PLUGIN });
    await bench.ok('run', '-b', bench.script('b', 'echo hello'), 'c1');
    expect(await bench.ok('logs', 'c1')).toBe('read back');
    bench.writeConfig({ logs: [{ driver: 'file' }] });
    const { exitCode, stderr } = await bench.shimctl(['logs', 'c1']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/the config that counts now has no such driver.*\(SHIM_LOG_READ\)/) as string,
    });
    const inspected = JSON.stringify(await bench.inspect('c1'));
    const log = readFileSync(new StateLayout(bench.root).groupLog('default'), 'utf8');
    expect(log).toContain('cannot write with ********');
    for (const text of [inspected, log]) expect(text).not.toContain('hunter2');
  });

  it('that it quotes is not shown when a container is not created for it', async () => {
    const options = { token: 'hunter2', closed: true };
    const bench = new Workbench({ config: { logs: [{ driver: './vault.mjs', options }] } });
    write(bench.directory, { 'vault.mjs': PLUGIN });
    const { exitCode, stderr } = await bench.shimctl(['run', '-b', bench.script('b', 'true'), 'c1']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining('refused: ********') as string,
    });
    expect(readFileSync(new StateLayout(bench.root).groupLog('default'), 'utf8')).not.toContain('hunter2');
  });
});

describe('config reload', () => {
  it('changes a running shim, which a shimd that is started again remembers', async () => {
    const bench = new Workbench();
    const reload = async (): Promise<Record<string, string>> => {
      const answer = JSON.parse(await bench.ok('--json', 'config', 'reload')) as {
        settings: { setting: string; state: string; detail: string }[];
      };
      return Object.fromEntries(answer.settings.map(({ setting, state, detail }) => [setting, `${state}: ${detail}`]));
    };
    expect((await reload())['shim.logLevel']).toMatch(/^not running/);
    expect(existsSync(bench.root), 'no shim was started').toBe(false);

    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    bench.writeConfig({ shim: { logLevel: 'warn', idleTimeout: '100ms' } });
    expect(await reload()).toMatchObject({
      'shim.logLevel': 'applied: was info, is warn',
      'shim.idleTimeout': 'unchanged: 100ms',
      'root, group': expect.stringMatching(/^another shim/) as string,
    });
    await killShimd(await keeperOf(bench, 'c1'));
    expect((await reload())['shim.logLevel']).toBe('unchanged: warn');

    await bench.ok('delete', '--force', 'c1');
    await until('the shim has left', () => !existsSync(new StateLayout(bench.root).apiSocket('default')));
    await bench.ok('run', '-d', '-b', bench.script('b2', 'sleep 1000'), 'c2');
    bench.writeConfig({ shim: { logLevel: 'info', idleTimeout: '100ms' } });
    expect((await reload())['shim.logLevel'], 'a new keeper starts with its config').toBe('applied: was warn, is info');
  });
});
