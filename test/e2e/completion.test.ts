import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { SHIMCTL, Workbench } from '../support/workbench.js';

/** What bash offers after these words, the last one unfinished. */
async function offered(bench: Workbench, ...words: string[]): Promise<string[]> {
  const script = join(bench.directory, 'completion.bash');
  writeFileSync(script, await bench.ok('completion', 'bash'));
  const program =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shimctl "$1"; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout } = await execa('bash', ['--norc', '-c', program, 'bash', script, SHIMCTL, ...words]);
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it('offers the containers of the root and namespace that the line names, and starts nothing for it', async () => {
    const bench = new Workbench();
    const bundle = bench.script('b', 'true');
    for (const id of ['web-1', 'web-2', 'db']) await bench.ok('run', '-b', bundle, id);
    await bench.ok('--namespace', 'other', 'run', '-b', bundle, 'elsewhere');
    expect(await offered(bench, '--config', bench.configFile, 'logs', 'w')).toEqual(['web-1', 'web-2']);
    expect(await offered(bench, '--root', bench.root, '--namespace', 'other', 'rm', '')).toEqual(['elsewhere']);
    expect(await offered(bench, '--root', bench.root, 'stop', 'db', '--namespace', '')).toEqual(['default', 'other']);
    expect(await offered(bench, '--root', join(bench.directory, 'none'), 'stop', '')).toEqual([]);
    await bench.ok('--namespace', 'other', 'delete', 'elsewhere');
  });

  it('offers the runtimes of the config beside the built-in ones', async () => {
    const bench = new Workbench({ config: { runtimes: { mine: { plugin: 'runc' }, runc: {} } } });
    expect(await offered(bench, '--config', bench.configFile, 'run', '--runtime', '')).toEqual([
      'crun',
      'mine',
      'oci',
      'runc',
    ]);
  });
});
