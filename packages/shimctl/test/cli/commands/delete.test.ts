import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

describe('delete', () => {
  it.each(['delete', 'rm'])('deletes every container named with %s', async (command) => {
    const cli = new FakeCli();
    cli.add('a');
    cli.add('b');
    expect(await cli.run(command, 'a', 'b')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls).toEqual([
      ['delete', { namespace: 'default', id: 'a' }, { force: false }],
      ['delete', { namespace: 'default', id: 'b' }, { force: false }],
    ]);
  });

  it('goes on after one that fails', async () => {
    const cli = new FakeCli();
    cli.add('b');
    const { code, stderr } = await cli.run('delete', 'ghost', 'b');
    expect(code).toBe(1);
    expect(stderr).toContain('there is no container ghost');
    expect(cli.service.calls).toHaveLength(1);
  });

  it('has a document a line with --json, for each that was there', async () => {
    const cli = new FakeCli();
    cli.add('a');
    cli.add('b');
    const { code, stdout } = await cli.run('--json', 'rm', '-f', 'a', 'ghost', 'b');
    expect(code).toBe(0);
    expect(stdout).toBe('{"namespace":"default","id":"a"}\n{"namespace":"default","id":"b"}\n');
  });

  it('finds it no error with --force that a container is not there', async () => {
    expect(await new FakeCli().run('delete', '-f', 'ghost')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('passes --force on, and other errors', async () => {
    const cli = new FakeCli();
    cli.add('a');
    cli.service.failures.delete = new ShimError('SHIM_RUNTIME_FAILED', 'it sticks');
    expect((await cli.run('delete', '--force', 'a')).code).toBe(1);
    expect(cli.service.calls).toEqual([['delete', { namespace: 'default', id: 'a' }, { force: true }]]);
  });

  it('lets the group of the config clean up state that can not be read, with --force alone', async () => {
    const cli = new FakeCli();
    cli.shims.forContainerFailure = new ShimError('SHIM_STATE_CORRUPT', 'rubbish');
    expect((await cli.run('delete', 'a')).code).toBe(1);
    expect(cli.shims.groups).toEqual([]);
    const { code, stderr } = await cli.run('delete', '-f', 'a', '--group', 'g');
    expect(code).toBe(0);
    expect(stderr).toMatch(/a: removed \/.*\/ns\/default\/a by force: rubbish/);
    expect(cli.shims.groups).toEqual(['g']);
  });

  it('starts no shim for a root that can not be used', async () => {
    const cli = new FakeCli();
    cli.shims.forContainerFailure = new ShimError('SHIM_STATE_INSECURE', '/file is no directory', { where: '/file' });
    const { code, stderr } = await cli.run('delete', '-f', 'a');
    expect([code, cli.shims.groups]).toEqual([1, []]);
    expect(stderr).toContain('/file is no directory');
  });

  it('checks every id before it deletes any', async () => {
    const cli = new FakeCli();
    cli.add('a');
    const { code, stderr } = await cli.run('delete', 'a', '../b');
    expect(code).toBe(1);
    expect(stderr).toContain('"../b" is not a valid container id');
    expect(cli.service.calls).toEqual([]);
  });
});
