import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeConfigHome, type ConfigHome, type Setup } from './config-files.js';

describe('the runtimes of a config', () => {
  let home: ConfigHome;
  beforeEach(async () => {
    home = await makeConfigHome();
  });
  afterEach(() => home.remove());

  const runtimes = async (setup: Setup) => (await home.load(setup)).runtimes();

  it('are the chosen one alone by default, its options filled in', async () => {
    const [runtime, ...others] = await runtimes({});
    expect(runtime).toMatchObject({
      name: 'runc',
      chosen: true,
      plugin: { plugin: 'runc', options: { path: 'runc' } },
    });
    expect(others).toEqual([]);
  });

  it('begin with the chosen one, whatever the order of the entries', async () => {
    const text =
      '{ "runtime": "b", "runtimes": { "a": { "plugin": "oci", "options": { "path": "/a" } }, "b": { "plugin": "runc" } } }';
    const found = (await runtimes({ text })).map(({ name, chosen, plugin }) => [name, chosen, plugin?.options['path']]);
    expect(found).toEqual([
      ['b', true, 'runc'],
      ['a', false, '/a'],
    ]);
  });

  it('hold the error of one that is wrong beside the others', async () => {
    const text = '{ "runtimes": { "x": { "plugin": "nobody" }, "runc": { "options": { "pth": "/r" } } } }';
    const found = await runtimes({ text });
    expect(found.map(({ name, error }) => [name, error?.code])).toEqual([
      ['runc', 'SHIM_CONFIG_INVALID'],
      ['x', 'SHIM_RUNTIME_UNKNOWN'],
    ]);
  });
});
