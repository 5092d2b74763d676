import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.js';

/** What a failing command says: a code, no stack trace. */
async function failure(
  bench: Workbench,
  args: readonly string[],
): Promise<{ exitCode: number; code: string; stderr: string }> {
  const { exitCode, stderr } = await bench.shimctl(args);
  const text = String(stderr);
  expect(text, 'no stack trace').not.toMatch(/^\s+at .*[(:]\d+/m);
  return { exitCode: exitCode ?? -1, code: /\((SHIM_[A-Z_]+)\)/.exec(text)?.[1] ?? text, stderr: text };
}

/** No container, and nothing of one, is left. */
async function expectNoContainer(bench: Workbench): Promise<void> {
  expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  expect(entries(join(bench.root, 'ns', 'default'))).toEqual([]);
  expect(entries(join(bench.root, 'runtime', 'default'))).toEqual([]);
  expect(entries(join(bench.logRoot, 'default'))).toEqual([]);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

describe('a bad bundle', () => {
  const cases: readonly [string, string, (bundle: string) => void][] = [
    ['without config.json', 'SHIM_SPEC_NOT_FOUND', () => undefined],
    ['whose config.json is not JSON', 'SHIM_SPEC_INVALID', (b) => writeFileSync(join(b, 'config.json'), '{ nope')],
    ['without process', 'SHIM_SPEC_INVALID', (b) => writeFileSync(join(b, 'config.json'), '{"root":{"path":"r"}}')],
    [
      'whose root filesystem is missing',
      'SHIM_ROOTFS_NOT_FOUND',
      (b) => writeFileSync(join(b, 'config.json'), '{"root":{"path":"r"},"process":{"args":["sh"],"cwd":"/"}}'),
    ],
  ];

  it.each(cases)('%s is refused with %s', async (_title, code, spoil) => {
    const bench = new Workbench();
    const bundle = join(bench.directory, 'bad');
    mkdirSync(bundle);
    spoil(bundle);
    expect(await failure(bench, ['run', '-b', bundle, 'c1'])).toMatchObject({ exitCode: 125, code });
    await expectNoContainer(bench);
  });

  it('that does not exist is refused', async () => {
    const bench = new Workbench();
    const { code, exitCode } = await failure(bench, ['run', '-d', '-b', join(bench.directory, 'none'), 'c1']);
    expect({ code, exitCode }).toEqual({ code: 'SHIM_BUNDLE_NOT_FOUND', exitCode: 125 });
    await expectNoContainer(bench);
  });

  it('whose command does not exist is refused and leaves nothing', async () => {
    const bench = new Workbench();
    const { code, exitCode } = await failure(bench, ['run', '-b', bench.bundle('b', ['/no/such']), 'c1']);
    expect({ code, exitCode }).toEqual({ code: 'SHIM_COMMAND_NOT_FOUND', exitCode: 127 });
    await expectNoContainer(bench);
  });
});

describe('a bad id', () => {
  it.each(['', 'x'.repeat(129), '../x', 'a b', 'a\nb', '-x', '.', 'a/b', 'ä'])('%j is refused', async (id) => {
    const bench = new Workbench();
    const { code } = await failure(bench, ['run', '-d', '-b', bench.script('b', 'true'), '--', id]);
    expect(code).toBe('SHIM_INVALID_ID');
    await expectNoContainer(bench);
  });

  it('that is in use is refused and leaves the first container alone', async () => {
    const bench = new Workbench();
    const bundle = bench.script('b', 'sleep 1000');
    await bench.ok('run', '-d', '-b', bundle, 'c1');
    const before = await bench.inspect('c1');
    expect(await failure(bench, ['run', '-d', '-b', bundle, 'c1'])).toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
    expect(await bench.inspect('c1')).toMatchObject({ instance: before.instance, pid: before.pid, status: 'running' });
  });
});

describe('a bad runtime', () => {
  function runtimeScript(bench: Workbench, script: string, mode = 0o755): void {
    const path = join(bench.directory, 'fake-runtime');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, mode);
    bench.writeConfig({ runtimes: { runc: { options: { path } } }, limits: { runtimeTimeout: '300ms' } });
  }

  it('whose binary is absent is named', async () => {
    const bench = new Workbench();
    bench.writeConfig({ runtimes: { runc: { options: { path: '/no/such/runc' } } } });
    const { code, stderr } = await failure(bench, ['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(code).toBe('SHIM_RUNTIME_BINARY_NOT_FOUND');
    expect(stderr).toContain('/no/such/runc');
    await expectNoContainer(bench);
  });

  it.each([
    ['is not executable', 'true', 0o644, 'SHIM_RUNTIME_NOT_EXECUTABLE'],
    ['prints garbage and makes no container', 'echo "?!"', 0o755, 'SHIM_RUNTIME_BAD_OUTPUT'],
    ['fails without a word', 'exit 3', 0o755, 'SHIM_RUNTIME_FAILED'],
    ['hangs', 'exec sleep 1000', 0o755, 'SHIM_RUNTIME_TIMEOUT'],
  ])('that %s is a clear error', async (_title, script, mode, code) => {
    const bench = new Workbench();
    runtimeScript(bench, script, mode);
    expect(await failure(bench, ['run', '-d', '-b', bench.script('b', 'true'), 'c1'])).toMatchObject({
      code,
      exitCode: 125,
    });
    await expectNoContainer(bench);
  });

  it('that no config knows is refused with a suggestion', async () => {
    const bench = new Workbench();
    const { code, stderr } = await failure(bench, [
      '--runtime',
      'rucn',
      'run',
      '-d',
      '-b',
      bench.script('b', 'true'),
      'c1',
    ]);
    expect(code).toBe('SHIM_RUNTIME_UNKNOWN');
    expect(stderr).toContain('runc');
  });
});

describe('a bad log driver', () => {
  it.each([
    ['nope', 'SHIM_LOG_DRIVER_UNKNOWN'],
    ['file,maxSiez=1m', 'SHIM_CONFIG_INVALID'],
    ['file,maxSize=lots', 'SHIM_CONFIG_INVALID'],
  ])('--log %s is refused', async (log, code) => {
    const bench = new Workbench();
    expect(await failure(bench, ['--log', log, 'run', '-d', '-b', bench.script('b', 'true'), 'c1'])).toMatchObject({
      code,
    });
    await expectNoContainer(bench);
  });

  it('whose directory cannot be made is refused before anything is started', async () => {
    const bench = new Workbench();
    writeFileSync(join(bench.directory, 'file'), '');
    bench.writeConfig({ logRoot: join(bench.directory, 'file') });
    const { code, exitCode } = await failure(bench, ['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect({ code, exitCode }).toEqual({ code: 'SHIM_LOG_OPEN', exitCode: 125 });
    await expectNoContainer(bench);
  });
});

describe('a bad config', () => {
  it.each([
    [
      'an unknown key',
      { runtme: 'runc' },
      'SHIM_CONFIG_INVALID',
      /config\.json:\d+:\d+.*runtme.*did you mean "runtime"/,
    ],
    ['a wrong type', { plugins: 7 }, 'SHIM_CONFIG_INVALID', /config\.json:\d+:\d+.*plugins/],
    ['a misplaced option', { logs: [{ driver: 'file', maxSize: '1m' }] }, 'SHIM_CONFIG_INVALID', /logs\[0\]\.maxSize/],
  ])('%s is named with its place', async (_title, config, code, message) => {
    const bench = new Workbench();
    bench.writeConfig(config);
    const found = await failure(bench, ['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(found).toMatchObject({ code, exitCode: 125 });
    expect(found.stderr).toMatch(message);
    bench.writeConfig({});
  });

  it('that is broken JSON is named with line and column', async () => {
    const bench = new Workbench();
    writeFileSync(join(bench.directory, 'broken.json'), '{\n  "runtime": runc\n}');
    const { code, stderr } = await failure(bench, [
      '--config',
      join(bench.directory, 'broken.json'),
      'config',
      'validate',
    ]);
    expect(code).toBe('SHIM_CONFIG_SYNTAX');
    expect(stderr).toMatch(/broken\.json:2:14/);
  });

  it('that is missing is named', async () => {
    const bench = new Workbench();
    expect(await failure(bench, ['--config', '/no/such.json', 'list'])).toMatchObject({
      code: 'SHIM_CONFIG_NOT_FOUND',
    });
  });

  it('with a root whose socket path would be too long is refused', async () => {
    const bench = new Workbench();
    const root = join(bench.directory, 'r'.repeat(120));
    const { code } = await failure(bench, ['--root', root, 'run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(code).toBe('SHIM_ROOT_TOO_LONG');
  });
});

describe('a bad command', () => {
  it.each([
    [['frobnicate'], 2],
    [['list', '--nope'], 2],
    [['kill'], 2],
  ])('%j is a usage error', async (args, exitCode) => {
    const bench = new Workbench();
    expect((await failure(bench, args)).exitCode).toBe(exitCode);
  });

  it('an unknown signal is refused', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    expect(await failure(bench, ['kill', 'c1', 'TREM'])).toMatchObject({ code: 'SHIM_USAGE', exitCode: 2 });
    expect(await failure(bench, ['kill', 'c1', '65'])).toMatchObject({ code: 'SHIM_USAGE' });
  });

  it('kill and exec of a stopped container, and anything with one that is not there, say so', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-b', bench.script('b', 'true'), 'c1');
    expect(await failure(bench, ['kill', 'c1'])).toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    expect(await failure(bench, ['exec', 'c1', '--', 'true'])).toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    expect(await failure(bench, ['kill', 'c2'])).toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  });
});

describe('a bad root', () => {
  it.each([
    ['below /proc', () => '/proc/holdfast-root', /takes no new directories/],
    ['that is a file', (bench: Workbench) => bench.configFile, /no directory/],
  ])('%s is refused in words, by doctor too, and nothing spins', async (_where, rootOf, message) => {
    const bench = new Workbench();
    const root = rootOf(bench);
    const run = await bench.shimctl(['--root', root, 'run', '-b', bench.script('b', 'true'), 'c1']);
    expect(run.exitCode).toBe(125);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toContain('HOLDFAST_ROOT');
    const doctor = await bench.shimctl(['--root', root, '--json', 'doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(String(doctor.stdout)).toMatch(/"fail","name":"state"/);
  });

  it('on a read-only file system is refused in words, by doctor too', async () => {
    const bench = new Workbench();
    const disk = bench.tmpfs('disk', '1m');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const root = join(disk, 'root');
    const run = await bench.shimctl(['--root', root, 'run', '-b', bench.script('b', 'true'), 'c1']);
    expect([run.exitCode, run.stderr]).toEqual([125, expect.stringContaining('is mounted read-only (EROFS)')]);
    const doctor = await bench.shimctl(['--root', root, '--json', 'doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(String(doctor.stdout)).toContain('mounted read-only');
  });
});

describe('bad state', () => {
  async function withState(spoil: (directory: string) => void): Promise<Workbench> {
    const bench = new Workbench();
    const directory = join(bench.root, 'ns', 'default', 'c1');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const path of [bench.root, join(bench.root, 'ns'), join(bench.root, 'ns', 'default')]) chmodSync(path, 0o700);
    spoil(directory);
    return bench;
  }

  it.each([
    ['truncated', '{"schema":1,"id":', 'SHIM_STATE_CORRUPT'],
    ['of a newer schema', '{"schema":99,"id":"c1","namespace":"default","group":"default"}', 'SHIM_STATE_NEWER'],
  ])(
    'a record that is %s is shown as unknown, is not deleted without force, and harms no other container',
    async (_title, text, code) => {
      const bench = await withState((directory) =>
        writeFileSync(join(directory, 'request.json'), text, { mode: 0o600 }),
      );
      await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c2');
      const list = JSON.parse(await bench.ok('list', '--json')) as {
        id: string;
        status: string;
        error: { code: string } | null;
      }[];
      expect(list.find(({ id }) => id === 'c1')).toMatchObject({ status: 'unknown', error: { code } });
      expect(list.find(({ id }) => id === 'c2')).toMatchObject({ status: 'running' });
      expect((await failure(bench, ['delete', 'c1'])).exitCode).toBe(1);
      // What a newer version wrote is not ours to remove.
      const kept = code === 'SHIM_STATE_NEWER';
      expect((await bench.shimctl(['delete', '--force', 'c1'])).exitCode).toBe(kept ? 1 : 0);
      expect(entries(join(bench.root, 'ns', 'default'))).toEqual(kept ? ['c1', 'c2'] : ['c2']);
      rmSync(join(bench.root, 'ns', 'default', 'c1'), { recursive: true, force: true });
    },
  );

  it('what is no container is named, and goes by force with a word about it', async () => {
    const bench = await withState((directory) => writeFileSync(join(directory, 'notes'), ''));
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c2');
    expect(await bench.ok('list')).toMatch(/^c1 +unknown +- +- +- +- +-$/m);
    expect(await failure(bench, ['exec', 'c1', '--', 'true'])).toMatchObject({ code: 'SHIM_STATE_CORRUPT' });
    const removed = await bench.shimctl(['delete', '--force', 'c1']);
    expect([removed.exitCode, removed.stderr]).toEqual([
      0,
      expect.stringContaining(
        `c1: removed ${join(bench.root, 'ns', 'default', 'c1')} by force: what is there is no container`,
      ),
    ]);
    expect(entries(join(bench.root, 'ns', 'default'))).toEqual(['c2']);
  });

  it('a symbolic link in the place of a record is not followed', async () => {
    const bench = await withState((directory) => {
      writeFileSync(join(directory, 'elsewhere'), '{"schema":1}');
      symlinkSync(join(directory, 'elsewhere'), join(directory, 'request.json'));
    });
    expect((await failure(bench, ['inspect', 'c1'])).exitCode).toBe(1);
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c2');
    await bench.ok('delete', '--force', 'c1');
  });
});
