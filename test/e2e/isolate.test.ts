import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Installation } from '../support/installation.js';
import { Workbench } from '../support/workbench.js';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Appends its records to a file; a line that names a misfortune has it happen, before the line is written. */
const DRIVER = `import { appendFileSync } from 'node:fs';
import { definePlugin } from '@holdfast/core/plugin';
const happens = { exit: () => process.exit(3), spin: () => { for (;;); }, throw: () => { setImmediate(() => { throw new Error('late'); }); } };
const seen = new Set();
export default definePlugin({ kind: 'log-driver', name: 'mine', apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false, properties: { path: { type: 'string' }, create: { type: 'string' } } },
  create: (_context, { path, create }) => {
    happens[create]?.();
    return {
      async write(batch) {
        for (let i = 0; i < batch.count; i++) {
          const text = batch.record(i).bytes.toString();
          const name = text.split(' ')[0];
          appendFileSync(path + '.seen', text + '\\n');
          if (name in happens && !again(path, text)) { happens[name](); await new Promise(() => undefined); }
          appendFileSync(path, text + '\\n');
        }
      },
      flush: async () => undefined,
      close: async () => ({ lost: 0 }),
    };
  } });
import { readFileSync } from 'node:fs';
function again(path, text) { return readFileSync(path + '.seen', 'utf8').split('\\n').filter((line) => line === text).length > 1; }
`;

class Isolated {
  readonly bench = new Workbench();
  readonly path = join(this.bench.directory, 'out');

  constructor(isolate: 'thread' | 'process', options: Readonly<Record<string, string>> = {}) {
    const directory = join(this.bench.directory, 'project');
    mkdirSync(join(directory, 'node_modules', '@holdfast'), { recursive: true });
    symlinkSync(join(REPOSITORY, 'packages', 'core'), join(directory, 'node_modules', '@holdfast', 'core'));
    writeFileSync(join(directory, 'mine.mjs'), DRIVER);
    const mine = { driver: './project/mine.mjs', options: { path: this.path, ...options }, isolate };
    this.bench.writeConfig({ logs: [{ driver: 'file', isolate }, mine], limits: { logTimeout: '2s' } });
  }

  get lines(): string[] {
    return readFileSync(this.path, 'utf8').trimEnd().split('\n');
  }
}

describe.each(['thread', 'process'] as const)('log drivers in a %s', (isolate) => {
  it('get everything, and let the containers be', async () => {
    const { bench, ...rest } = new Isolated(isolate);
    const numbers = Array.from({ length: 500 }, (_, i) => String(i + 1));
    expect((await bench.shimctl(['run', '-b', bench.script('b', 'seq 500; exit 3'), 'c1'])).exitCode).toBe(3);
    expect((await bench.ok('logs', 'c1')).split('\n')).toEqual(numbers);
    expect(readFileSync(rest.path, 'utf8').trimEnd().split('\n')).toEqual(numbers);
    expect((await bench.inspect('c1')).lost.records).toBe(0);
  });

  it.each(['exit', 'throw', 'spin'])('that %s are started again, and the container lives', async (misfortune) => {
    const isolated = new Isolated(isolate);
    const { bench } = isolated;
    // What spins is ended after limits.logTimeout; the container outlives it.
    const life = misfortune === 'spin' ? 4 : 0.5;
    const script = bench.script('b', `echo one; sleep 0.5; echo ${misfortune} now; sleep ${life}; echo three; exit 4`);
    expect((await bench.shimctl(['run', '-b', script, 'c1'])).exitCode).toBe(4);
    expect(await bench.ok('logs', 'c1')).toBe(`one\n${misfortune} now\nthree`);
    const { lost } = await bench.inspect('c1');
    const lines = isolated.lines.filter((line) => !line.startsWith('holdfast: '));
    expect(lines.length + lost.records).toBe(3);
    expect([lines[0], lines.at(-1)]).toEqual(['one', 'three']);
  });

  it('are refused by a shim under which another version was installed, until it is upgraded', async () => {
    const bench = new Workbench();
    const installation = new Installation(bench, '9.8.7');
    const idle = bench.script('b', 'trap "exit 0" TERM; while :; do sleep 0.1; done');
    expect(await installation.shimctl(['run', '-d', '-b', idle, 'c0'])).toMatchObject({ exitCode: 0 });
    installation.become('9.8.8');
    bench.writeConfig({ logs: [{ driver: 'file', isolate }] });
    const run = ['run', '-b', bench.script('b2', 'echo yes'), 'c1'];
    const refused = await installation.shimctl(run);
    expect(refused.exitCode).not.toBe(0);
    for (const words of ['(SHIM_LOG_OPEN)', '9.8.8 by now, and this shimd is 9.8.7', '`shimctl upgrade`'])
      expect(refused.stderr).toContain(words);
    expect((await installation.upgrade()).exitCode).toBe(0);
    expect(await installation.shimctl(run)).toMatchObject({ exitCode: 0, stdout: 'yes' });
    await bench.ok('stop', 'c0');
  });

  it('that spin when they are made are refused, and other containers go on', async () => {
    const { bench } = new Isolated(isolate, { create: 'spin' });
    const refused = await bench.shimctl(['run', '-b', bench.script('b', 'echo no'), 'c1']);
    expect([refused.exitCode, refused.stderr]).toEqual([expect.any(Number), expect.stringContaining('SHIM_LOG_OPEN')]);
    expect(refused.exitCode).not.toBe(0);
    bench.writeConfig({});
    expect((await bench.shimctl(['run', '-b', bench.script('b2', 'echo yes'), 'c2'])).stdout).toBe('yes');
  });
});
