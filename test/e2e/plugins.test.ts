import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.js';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** A project of a third party: its plugins, and holdfast's packages in its node_modules. */
function thirdParty(bench: Workbench, files: Record<string, string> = {}): string {
  const directory = join(bench.directory, 'project');
  mkdirSync(join(directory, 'node_modules', '@holdfast'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'packages', 'core'), join(directory, 'node_modules', '@holdfast', 'core'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function driver(body: string): string {
  return `import { definePlugin } from '@holdfast/core/plugin';
export default definePlugin({ kind: 'log-driver', name: 'mine', apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false },
  create: () => (${body}) });`;
}

const QUIET = '{ write: () => undefined, flush: async () => undefined, close: async () => ({ lost: 0 }) }';

describe("a third party's plugin", () => {
  it('of the examples logs and runs containers from a directory of its own', async () => {
    const bench = new Workbench();
    const directory = thirdParty(bench);
    for (const name of ['log-counter', 'runtime-logged']) {
      cpSync(join(REPOSITORY, 'examples', name), join(directory, name), { recursive: true });
    }
    const summary = join(bench.directory, 'summary.json');
    const logs = [{ driver: 'file' }, { driver: './project/log-counter/log-counter.mjs', options: { path: summary } }];
    bench.writeConfig({
      logs,
      runtime: 'own',
      runtimes: { own: { plugin: './project/runtime-logged/runtime-logged.mjs', options: { path: 'runc' } } },
    });
    expect((await bench.shimctl(['run', '-b', bench.script('b', 'echo one; echo two'), 'c1'])).exitCode).toBe(0);
    expect(await bench.ok('logs', 'c1')).toBe('one\ntwo');
    expect(JSON.parse(readFileSync(summary, 'utf8'))).toMatchObject({ streams: { stdout: { lines: 2 } } });
  });

  it('that throws in write loses records, which are counted, and nothing else', async () => {
    const bench = new Workbench();
    thirdParty(bench, { 'bad.mjs': driver(QUIET.replace('() => undefined', "() => { throw new Error('no') }")) });
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/bad.mjs' }] });
    expect((await bench.shimctl(['run', '-b', bench.script('b', 'echo one; exit 3'), 'c1'])).exitCode).toBe(3);
    expect(await bench.ok('logs', 'c1')).toBe('one');
    expect((await bench.inspect('c1')).lost.byDriver).toMatchObject({ mine: { records: 1 } });
  });

  it('that cannot read back what it says it can is named by `logs`', async () => {
    const bench = new Workbench();
    const read = "{ read: async function* () { throw new Error('no') }, ";
    thirdParty(bench, { 'bad.mjs': driver(QUIET.replace('{ ', read)) });
    bench.writeConfig({ logs: [{ driver: './project/bad.mjs' }] });
    await bench.ok('run', '-b', bench.script('b', 'true'), 'c1');
    const { exitCode, stderr } = await bench.shimctl(['logs', 'c1']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('plugin mine failed in read: no (SHIM_PLUGIN_FAILED)');
  });

  it('that never answers delays neither exec, stop nor the exit code', async () => {
    const bench = new Workbench();
    thirdParty(bench, { 'bad.mjs': driver(QUIET.replace('() => undefined', '() => new Promise(() => {})')) });
    bench.writeConfig({
      logs: [{ driver: './project/bad.mjs' }],
      limits: { logTimeout: '500ms', drainTimeout: '200ms' },
    });
    await bench.ok(
      'run',
      '-d',
      '-b',
      bench.script('b', 'trap "exit 9" TERM; echo one; while :; do sleep 0.1; done'),
      'c1',
    );
    await bench.ok('exec', 'c1', '--', 'true');
    await bench.ok('stop', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 9, lost: { records: 1 } });
  });

  it('that kills shimd each time is left out after a few deaths; its records are counted, and the group goes on', async () => {
    const bench = new Workbench();
    thirdParty(bench, { 'bad.mjs': driver(QUIET.replace('() => undefined', '() => process.exit(3)')) });
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/bad.mjs' }] });
    const { exitCode, stdout } = await bench.shimctl(['run', '-b', bench.script('b', 'echo one; exit 3'), 'c1']);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('one');
    expect((await bench.inspect('c1')).lost.byDriver).toMatchObject({ mine: { records: 1 } });
    await bench.ok('delete', 'c1');
  });

  it('that kills shimd as it is opened is refused by name after a few deaths, and the group goes on', async () => {
    const bench = new Workbench();
    const body = QUIET.replace('{ ', '{ open: async () => process.exit(3), ');
    thirdParty(bench, { 'bad.mjs': driver(body) });
    bench.writeConfig({});
    await bench.ok('run', '-d', '-b', bench.script('b0', 'trap "exit 4" TERM; while :; do sleep 0.1; done'), 'c0');
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/bad.mjs' }] });
    const refused = await bench.shimctl(['run', '-b', bench.script('b', 'echo one'), 'c1']);
    expect(refused.exitCode).toBe(125);
    expect(refused.stderr).toContain('the log driver mine took shimd down 3 times as the container was created');
    for (const words of ['(SHIM_PLUGIN_FAILED)', 'logs[1] (', 'bad.mjs', '"isolate"'])
      expect(refused.stderr).toContain(words);
    bench.writeConfig({});
    expect((await bench.shimctl(['run', '-b', bench.script('b2', 'echo two; exit 5'), 'c1'])).exitCode).toBe(5);
    await bench.ok('stop', 'c0');
    expect(await bench.inspect('c0')).toMatchObject({ exitCode: 4 });
  });

  it('that begins to kill shimd as it is opened again is left out, its records are counted, and the container goes on', async () => {
    const bench = new Workbench();
    const flag = join(bench.directory, 'kill');
    const open = `open: async () => { if (existsSync(${JSON.stringify(flag)})) process.exit(3); }`;
    const text = `import { existsSync } from 'node:fs';\n${driver(QUIET.replace('{ ', `{ ${open}, `))}`;
    thirdParty(bench, { 'bad.mjs': text });
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/bad.mjs' }] });
    const script = 'trap "echo last; exit 4" TERM; echo first; while :; do sleep 0.1; done';
    await bench.ok('run', '-d', '-b', bench.script('b', script), 'c1');
    const { shim } = await bench.inspect('c1');
    writeFileSync(flag, '');
    process.kill(shim.pid, 'SIGKILL');
    await bench.ok('stop', 'c1');
    const after = await bench.inspect('c1');
    expect(after).toMatchObject({ exitCode: 4, lost: { byDriver: { mine: { records: 1 } } } });
    expect(await bench.ok('logs', 'c1')).toBe('first\nlast');
  });

  it.each(['none', 'thread', 'process'])(
    'that lets an error go, isolated as %s, shows no secret of its options in the log of shimd, and fills it with no more than a part',
    async (isolate) => {
      const bench = new Workbench();
      const secret = 'hunter2hunter2';
      const text = `import { definePlugin } from '@holdfast/core/plugin';
        export default definePlugin({ kind: 'log-driver', name: 'mine', apiVersion: 1,
          optionsSchema: { type: 'object', properties: { token: { type: 'string', writeOnly: true } } },
          create: (_context, { token }) => ({
            write: async () => { void Promise.reject(new Error('surprise ' + token + 'x'.repeat(1e6))); await new Promise(() => {}); },
            flush: async () => undefined, close: async () => ({ lost: 0 }) }) });`;
      thirdParty(bench, { 'bad.mjs': text });
      const bad = { driver: './project/bad.mjs', options: { token: secret }, isolate };
      bench.writeConfig({ logs: [{ driver: 'file' }, bad], limits: { logTimeout: '1s' } });
      expect((await bench.shimctl(['run', '-b', bench.script('b', 'echo one; exit 3'), 'c1'])).exitCode).toBe(3);
      const log = readFileSync(join(bench.root, 'groups/default/shimd.log'), 'utf8');
      expect(log).toContain('surprise ********');
      expect(log).not.toContain(secret);
      expect(log.length).toBeLessThan(500_000);
    },
  );

  it('whose file has gone when shimd comes back costs its records, not the container', async () => {
    const bench = new Workbench();
    const directory = thirdParty(bench, { 'mine.mjs': driver(QUIET) });
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/mine.mjs' }] });
    const script = 'trap "echo last; exit 4" TERM; echo first; while :; do sleep 0.1; done';
    await bench.ok('run', '-d', '-b', bench.script('b', script), 'c1');
    const { shim } = await bench.inspect('c1');
    rmSync(join(directory, 'mine.mjs'));
    process.kill(shim.pid, 'SIGKILL');
    await bench.ok('stop', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ exitCode: 4, lost: { byDriver: { mine: { records: 1 } } } });
    expect(await bench.ok('logs', 'c1')).toBe('first\nlast');
  });

  it.each([
    ['throws at load', "throw new Error('broken at load')", 'SHIM_PLUGIN_LOAD'],
    ['exports nonsense', 'export default 7', 'SHIM_PLUGIN_INVALID'],
    ['throws in create', driver("(() => { throw new Error('broken in create') })()"), 'SHIM_PLUGIN_FAILED'],
    ['is of a newer API', driver(QUIET).replace('apiVersion: 1', 'apiVersion: 2'), 'SHIM_PLUGIN_API_VERSION'],
  ])('that %s is refused with its name, before anything is started', async (_title, text, code) => {
    const bench = new Workbench();
    thirdParty(bench, { 'bad.mjs': text });
    bench.writeConfig({ logs: [{ driver: './project/bad.mjs' }] });
    const { exitCode, stderr } = await bench.shimctl(['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(`(${code})`);
    expect(stderr).toMatch(/bad\.mjs|mine/);
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
    bench.writeConfig({ plugins: ['./project/bad.mjs'] });
    expect(
      (await bench.shimctl(['run', '-b', bench.script('b2', 'exit 4'), 'c2'])).exitCode,
      'unused, it does no harm',
    ).toBe(4);
  });

  it('that another user could write is not loaded', async () => {
    const bench = new Workbench();
    const directory = thirdParty(bench, { 'loose.mjs': driver(QUIET) });
    chmodSync(join(directory, 'loose.mjs'), 0o666);
    bench.writeConfig({ logs: [{ driver: './project/loose.mjs' }] });
    const { stderr } = await bench.shimctl(['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(stderr).toContain('(SHIM_PLUGIN_INSECURE)');
  });
});
