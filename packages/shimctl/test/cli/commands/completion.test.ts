import { describe, expect, it } from 'vitest';
import type { ConfiguredPlugin } from '@holdfast/core/config';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s that knows every command', async (shell) => {
    const { code, stdout, stderr } = await new FakeCli().run('completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['run', 'doctor', 'completion', 'config show']) expect(stdout).toContain(command);
    expect(stdout).not.toMatch(/^\s*['"]?__complete['":)]/m);
  });

  it('exits with 2 for another shell', async () => {
    const { code, stderr } = await new FakeCli().run('completion', 'csh');
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});

describe('__complete', () => {
  it('names the containers of the namespace, and opens no shim for it', async () => {
    const cli = new FakeCli();
    cli.add('web');
    cli.add('db');
    expect((await cli.run('--root', '/r', '__complete', 'containers')).stdout).toBe('db\nweb\n');
    expect(cli.located).toEqual([{ root: '/r', namespace: 'default' }]);
    expect(cli.shims.closed).toBe(0);
  });

  it('names namespaces and groups of the root, each once', async () => {
    const cli = new FakeCli();
    cli.add('web');
    cli.add('db');
    expect((await cli.run('__complete', 'namespaces')).stdout).toBe('default\n');
    expect((await cli.run('__complete', 'groups')).stdout).toBe('default\n');
  });

  it('names runtimes, built in and configured, and log drivers', async () => {
    const cli = new FakeCli();
    cli.config = { runtimes: () => Promise.resolve([{ name: 'mine', chosen: true }]) };
    expect((await cli.run('__complete', 'runtimes')).stdout).toBe('crun\nmine\nrunc\n');
    expect((await cli.run('__complete', 'log-drivers')).stdout).toBe('file\n');
  });

  it('names plugins, and among them the log drivers that the config names', async () => {
    const cli = new FakeCli();
    const plugins = [
      { name: 'file', kind: 'log-driver' },
      { name: './mine.mjs', kind: 'log-driver' },
      { name: 'runc', kind: 'runtime' },
    ] as unknown as ConfiguredPlugin[];
    cli.config = { plugins: () => Promise.resolve(plugins) };
    expect((await cli.run('__complete', 'log-drivers')).stdout).toBe('./mine.mjs\nfile\n');
    expect((await cli.run('__complete', 'plugins')).stdout).toBe('./mine.mjs\nfile\nrunc\n');
  });

  it('leaves out a name that would mean something to a shell', async () => {
    const cli = new FakeCli();
    const names = ['$(reboot)', 'a b', '-x', 'x;y', 'fine-1.0'];
    cli.config = { runtimes: () => Promise.resolve(names.map((name) => ({ name, chosen: false }))) };
    expect((await cli.run('__complete', 'runtimes')).stdout).toBe('crun\nfine-1.0\nrunc\n');
  });

  it('offers nothing when the config is broken', async () => {
    const cli = new FakeCli();
    cli.configFailure = new ShimError('SHIM_CONFIG_SYNTAX', 'broken');
    expect(await cli.run('__complete', 'containers')).toMatchObject({ code: 1, stdout: '' });
  });

  it('is not in the help', async () => {
    expect((await new FakeCli().run('--help')).stdout).not.toContain('__complete');
  });
});
