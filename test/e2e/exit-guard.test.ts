import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.js';

/** A workbench whose log driver comes from a module that begins with `top` and whose instance is `made`. */
function benchWith(top: string, made = '{}'): Workbench {
  const bench = new Workbench({ config: { logs: [{ driver: './mine.mjs' }] } });
  writeFileSync(
    join(bench.directory, 'mine.mjs'),
    `${top}
const definition = { kind: 'log-driver', name: 'mine', apiVersion: 1, optionsSchema: { type: 'object' }, create: () => (${made}) };
Object.defineProperty(definition, Symbol.for('holdfast.plugin'), { value: true });
export default definition;`,
  );
  return bench;
}

describe('a plugin that ends the process', () => {
  it.each([0, 7])('while it is loaded, with %i, makes no command succeed', async (code) => {
    const bench = benchWith(`process.exit(${code});`);
    const checked = await bench.shimctl(['config', 'validate']);
    expect(checked).toMatchObject({ exitCode: 1, stdout: '' });
    const place = `${join(bench.directory, 'mine.mjs')}:1:9`;
    expect(checked.stderr).toContain(
      `the process ended before the command was done: process.exit was called at ${place} (SHIM_PLUGIN_FAILED)`,
    );
    const bundle = bench.script('b', 'true');
    expect((await bench.shimctl(['run', '-b', bundle, 'c1'])).exitCode).toBe(125);
    expect(existsSync(bench.root), 'nothing was started').toBe(false);
    const told = await bench.shimctl(['--json', 'plugins', 'list']);
    expect(JSON.parse(String(told.stderr))).toMatchObject({ error: { code: 'SHIM_PLUGIN_FAILED', where: place } });
  });

  it('while it is made is found by config validate', async () => {
    const bench = benchWith('', 'process.exit()');
    const { exitCode, stderr } = await bench.shimctl(['config', 'validate']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/process\.exit was called at \S+mine\.mjs:2:\d+ \(SHIM_PLUGIN_FAILED\)/) as string,
    });
  });

  it('by waiting for what never comes is no success either', async () => {
    const read =
      '{ write() {}, async flush() {}, async close() { return { lost: 0 }; }, async *read() { await new Promise(() => {}); } }';
    const bench = benchWith('', read);
    await bench.ok('run', '-b', bench.script('b', 'true'), 'c1');
    const { exitCode, stderr } = await bench.shimctl(['logs', 'c1']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("it waits for something that can't come any more (SHIM_INTERNAL)") as string,
    });
  });
});
