import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildExecProcess, type ExecRequest } from '../../../src/cli/process/exec-process.js';
import { PROCESS, temporaryBundle, temporaryDirectory } from '../support/temporary-bundle.js';

function build(bundle: string, request: Partial<ExecRequest> = {}) {
  return buildExecProcess(bundle, { args: ['ls'], env: [], ...request });
}

function processFile(process: unknown): string {
  const path = join(temporaryDirectory(), 'process.json');
  writeFileSync(path, JSON.stringify(process));
  return path;
}

describe('buildExecProcess', () => {
  it("takes over the container's surroundings, never its command or terminal", async () => {
    const { consoleSize: _size, ...rest } = PROCESS;
    expect(await build(temporaryBundle())).toEqual({ ...rest, terminal: false, args: ['ls'] });
  });

  it('has defaults for what the spec leaves out', async () => {
    const bundle = temporaryBundle({ root: { path: 'rootfs' }, process: {} });
    expect(await build(bundle)).toEqual({ terminal: false, args: ['ls'], env: [], cwd: '/', user: { uid: 0, gid: 0 } });
  });

  it('replaces variables by key and adds others at the end', async () => {
    const { env } = await build(temporaryBundle(), { env: ['LANG=', 'A=b=c', 'A=d'] });
    expect(env).toEqual(['PATH=/bin', 'LANG=', 'A=d']);
  });

  it.each(['A', '=x', '', 'A\0B=c'])('refuses the variable %j', async (entry) => {
    await expect(build(temporaryBundle(), { env: [entry] })).rejects.toMatchObject({
      code: 'SHIM_USAGE',
      where: '--env',
    });
  });

  it('refuses a working directory that is not absolute', async () => {
    await expect(build(temporaryBundle(), { cwd: 'tmp' })).rejects.toMatchObject({
      code: 'SHIM_USAGE',
      where: '--cwd',
    });
  });

  it('finds names in the rootfs that the spec names, relative to the bundle', async () => {
    expect(await build(temporaryBundle(), { user: 'www:www' })).toMatchObject({ user: { uid: 33, gid: 34 } });
  });

  it.each([
    ['is not JSON', '{'],
    ['does not hold a JSON object', '[]'],
    ['has no "process" object', '{}'],
  ])('says that config.json %s', async (words, spec) => {
    const bundle = temporaryBundle(spec);
    await expect(build(bundle)).rejects.toMatchObject({
      code: 'SHIM_SPEC_INVALID',
      where: join(bundle, 'config.json'),
      message: expect.stringContaining(words) as string,
    });
  });

  it('says that there is no config.json, or no root.path to look a name up in', async () => {
    await expect(build(temporaryDirectory())).rejects.toMatchObject({ code: 'SHIM_SPEC_NOT_FOUND' });
    await expect(build(temporaryBundle({ process: {} }), { user: 'www' })).rejects.toMatchObject({
      code: 'SHIM_SPEC_INVALID',
    });
  });
});

describe('buildExecProcess with a process file', () => {
  it('takes all of the file, its command too', async () => {
    const file = processFile({ args: ['id', '-u'], cwd: '/x', user: { uid: 1, gid: 2 }, oomScoreAdj: 5 });
    expect(await build(temporaryBundle(), { args: [], processFile: file })).toEqual({
      terminal: false,
      args: ['id', '-u'],
      cwd: '/x',
      env: [],
      user: { uid: 1, gid: 2 },
      oomScoreAdj: 5,
    });
  });

  it('lets the command line override it', async () => {
    const file = processFile({ args: ['id'], cwd: '/x' });
    expect(await build(temporaryBundle(), { cwd: '/y', user: '3:4', processFile: file })).toMatchObject({
      args: ['ls'],
      cwd: '/y',
      user: { uid: 3, gid: 4 },
    });
  });

  it('takes a terminal from the file, and one that is asked for with its size and type', async () => {
    const bundle = temporaryBundle();
    const consoleSize = { height: 10, width: 20 };
    const file = processFile({ args: ['sh'], terminal: true, consoleSize });
    expect(await build(bundle, { processFile: file })).toMatchObject({ terminal: true, consoleSize });
    const size = { rows: 3, columns: 4 };
    const asked = await build(bundle, { args: ['sh'], env: ['A=1'], terminal: { size, type: 'vt100' } });
    expect(asked).toMatchObject({ terminal: true, consoleSize: { height: 3, width: 4 } });
    expect(asked.env).toEqual(expect.arrayContaining(['TERM=vt100', 'A=1']));
    const told = await build(bundle, { args: ['sh'], env: ['TERM=dumb'], terminal: {} });
    expect((told.env as string[]).filter((entry) => entry.startsWith('TERM='))).toEqual(['TERM=dumb']);
  });

  it('refuses a file without a command, and a file that is not there', async () => {
    const bundle = temporaryBundle();
    await expect(build(bundle, { args: [], processFile: processFile({}) })).rejects.toMatchObject({
      code: 'SHIM_USAGE',
    });
    await expect(build(bundle, { processFile: '/nowhere.json' })).rejects.toMatchObject({
      code: 'SHIM_INVALID_ARGUMENT',
      where: '/nowhere.json',
    });
  });
});
