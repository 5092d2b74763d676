import { describe, expect, it } from 'vitest';
import { CONTAINER_CONFIG } from '../support/documents.js';
import { FakeCli } from '../support/fake-cli.js';
import { temporaryBundle } from '../support/temporary-bundle.js';

const REF = { namespace: 'default', id: 'c1' };

describe('create', () => {
  it('creates in the group of the config, the bundle made absolute', async () => {
    const cli = new FakeCli();
    cli.cwd = temporaryBundle();
    expect(await cli.run('create', 'c1', '--group', 'pod')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.shims.groups).toEqual(['pod']);
    expect(cli.containerRefs).toEqual([REF]);
    const request = { ...REF, bundle: cli.cwd, config: CONTAINER_CONFIG, stdin: false, autoRemove: false };
    expect(cli.service.calls).toEqual([['create', request]]);
  });

  it('refuses an empty --pid-file before anything is done', async () => {
    const cli = new FakeCli();
    const { code, stderr } = await cli.run('create', '--pid-file', '', '-b', temporaryBundle(), 'c1');
    expect([code, cli.service.calls]).toEqual([2, []]);
    expect(stderr).toContain('"" is not the path of a file');
  });

  it('passes --rm and --pid-file on', async () => {
    const cli = new FakeCli();
    const bundle = temporaryBundle();
    await cli.run('create', '--rm', '--pid-file', 'x/pid', '-b', bundle, 'c1');
    expect(cli.service.calls).toEqual([
      ['create', expect.objectContaining({ bundle, autoRemove: true, pidFile: '/somewhere/x/pid' })],
    ]);
  });

  it('prints the document with --json', async () => {
    const cli = new FakeCli();
    const { stdout } = await cli.run('create', '--json', '-b', temporaryBundle(), 'c1');
    expect(JSON.parse(stdout)).toMatchObject({ ...REF, status: 'created' });
  });

  it.each([
    ['does not exist', '/nowhere/at/all'],
    ['is not a directory', '/dev/null'],
  ])('reads nothing else when the bundle %s', async (words, bundle) => {
    const cli = new FakeCli();
    const { code, stderr } = await cli.run('create', '-b', bundle, 'c1');
    expect(code).toBe(1);
    expect(stderr).toContain(`${words} (SHIM_BUNDLE_NOT_FOUND)\n  at: ${bundle}\n`);
    expect(cli.configRequests).toEqual([]);
  });

  it('starts no shim when a plugin of the config is wrong', async () => {
    const cli = new FakeCli();
    cli.config = { container: () => Promise.reject(new Error('no such runtime')) };
    expect((await cli.run('create', '-b', temporaryBundle(), 'c1')).code).toBe(1);
    expect(cli.shims.groups).toEqual([]);
  });
});
