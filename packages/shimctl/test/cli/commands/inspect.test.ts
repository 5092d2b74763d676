import { describe, expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

describe('inspect', () => {
  it('prints the document as JSON for people', async () => {
    const cli = new FakeCli();
    const document = cli.add('c1');
    expect(await cli.run('inspect', 'c1')).toEqual({
      code: 0,
      stdout: `${JSON.stringify(document, null, 2)}\n`,
      stderr: '',
    });
  });

  it('prints one line with --json', async () => {
    const cli = new FakeCli();
    const document = cli.add('c1');
    expect((await cli.run('inspect', 'c1', '--json')).stdout).toBe(`${JSON.stringify(document)}\n`);
  });

  it('escapes controls that JSON leaves as they are, without changing what a reader gets', async () => {
    const cli = new FakeCli();
    const document = cli.add('c1', { annotations: { evil: '\u009b31m \u202e \u007f' } });
    const { stdout } = await cli.run('inspect', 'c1');
    expect(stdout).toContain('\\u009b31m \\u202e \\u007f');
    expect(JSON.parse(stdout)).toEqual(document);
  });

  it('fails for a container that is not there', async () => {
    const { code, stdout, stderr } = await new FakeCli().run('inspect', 'ghost', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'SHIM_CONTAINER_NOT_FOUND',
        message: 'there is no container ghost in namespace default',
        where: 'ghost',
        remedy: '`shimctl list` shows the containers of this root and namespace.',
      },
    });
  });
});
