import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryDirectory } from '../support/temporary-bundle.js';

interface Spec {
  readonly process: {
    readonly args: string[];
    readonly env: string[];
    readonly cwd: string;
    readonly terminal: boolean;
    readonly user: object;
    readonly capabilities: { readonly bounding: string[]; readonly effective: string[] };
  };
  readonly root: object;
  readonly linux: { readonly resources: { readonly memory?: object } };
}

/** A shimctl in a bundle directory with a root file system. */
function inBundle(): { cli: FakeCli; bundle: string } {
  const bundle = temporaryDirectory();
  mkdirSync(join(bundle, 'rootfs', 'bin'), { recursive: true });
  writeFileSync(join(bundle, 'rootfs', 'bin', 'sh'), '', { mode: 0o755 });
  const cli = new FakeCli();
  cli.cwd = bundle;
  return { cli, bundle };
}

function read(bundle: string): Spec {
  return JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as Spec;
}

describe('spec', () => {
  it('writes a spec that runs sh without a terminal, and says where', async () => {
    const { cli, bundle } = inBundle();
    const path = join(bundle, 'config.json');
    expect(await cli.run('spec')).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
    const spec = read(bundle);
    expect(spec.root).toEqual({ path: 'rootfs', readonly: false });
    expect(spec.process).toMatchObject({ args: ['sh'], cwd: '/', terminal: false, user: { uid: 0, gid: 0 } });
    expect(readdirSync(bundle).sort()).toEqual(['config.json', 'rootfs']);
  });

  it('takes a command with flags of its own, and all that can be chosen', async () => {
    const { cli, bundle } = inBundle();
    const flags = ['-e', 'A=1', '-e', 'A=2', '--cwd', '/tmp', '-u', '5:6', '--memory', '64m', '--read-only'];
    await cli.run('spec', ...flags, '--', 'sh', '-c', 'echo --force');
    const { process, root, linux } = read(bundle);
    expect(process.args).toEqual(['sh', '-c', 'echo --force']);
    expect(process.env.filter((entry) => entry.startsWith('A='))).toEqual(['A=2']);
    expect(process).toMatchObject({ cwd: '/tmp', user: { uid: 5, gid: 6 } });
    expect(process.capabilities.effective).toEqual([]);
    expect(root).toEqual({ path: 'rootfs', readonly: true });
    expect(linux.resources.memory).toEqual({ limit: 64 * 2 ** 20 });
  });

  it('names a root file system outside the bundle by its absolute path', async () => {
    const { cli, bundle } = inBundle();
    mkdirSync(join(bundle, 'b'));
    await cli.run('spec', '--bundle', 'b', '--rootfs', './rootfs');
    expect(read(join(bundle, 'b')).root).toMatchObject({ path: join(bundle, 'rootfs') });
  });

  it('never writes over a config.json without --force', async () => {
    const { cli, bundle } = inBundle();
    writeFileSync(join(bundle, 'config.json'), 'mine');
    const { code, stdout, stderr } = await cli.run('spec');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('(SHIM_SPEC_EXISTS)');
    expect(readFileSync(join(bundle, 'config.json'), 'utf8')).toBe('mine');
    expect((await cli.run('spec', '--force')).code).toBe(0);
    expect(read(bundle).process.args).toEqual(['sh']);
    expect(readdirSync(bundle).sort()).toEqual(['config.json', 'rootfs']);
  });

  it('replaces a link with --force, and does not write through it', async () => {
    const { cli, bundle } = inBundle();
    const elsewhere = join(temporaryDirectory(), 'elsewhere');
    symlinkSync(elsewhere, join(bundle, 'config.json'));
    expect((await cli.run('spec')).code).toBe(1);
    expect((await cli.run('spec', '--force')).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('warns of a command that the root file system does not have, and of one that is missing itself', async () => {
    const { cli, bundle } = inBundle();
    const { code, stderr } = await cli.run('--json', 'spec', '--', 'bash');
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: "bash" is not in ${join(bundle, 'rootfs')}`);
    chmodSync(join(bundle, 'rootfs/bin/sh'), 0o644);
    expect((await cli.run('spec', '--force')).stderr).toContain('"sh" is there but not executable');
    const absent = await cli.run('spec', '--force', '--rootfs', 'none');
    expect(absent.stderr).toContain(`there is no root file system yet: ${join(bundle, 'none')}`);
  });

  it('answers in JSON', async () => {
    const { cli, bundle } = inBundle();
    const { stdout } = await cli.run('--json', 'spec');
    expect(JSON.parse(stdout)).toEqual({ path: join(bundle, 'config.json'), warnings: [] });
  });

  it.each([
    ['a bundle that does not exist', ['--bundle', 'none'], 'SHIM_BUNDLE_NOT_FOUND'],
    ['a variable without a value', ['-e', 'A'], 'SHIM_USAGE'],
    ['a relative working directory', ['--cwd', 'tmp'], 'SHIM_USAGE'],
    ['an unreadable size', ['--memory', 'lots'], 'SHIM_USAGE'],
    ['a user whom nobody knows', ['-u', 'nobody'], 'SHIM_INVALID_ARGUMENT'],
  ])('refuses %s and writes nothing', async (_title, flags, error) => {
    const { cli, bundle } = inBundle();
    const { code, stderr } = await cli.run('spec', ...flags);
    expect(code).toBe(error === 'SHIM_USAGE' ? 2 : 1);
    expect(stderr).toContain(`(${error})`);
    expect(existsSync(join(bundle, 'config.json'))).toBe(false);
  });
});
