import { describe, expect, it } from 'vitest';
import { EXITED } from '../support/documents.js';
import { FakeCli } from '../support/fake-cli.js';

const REF = { namespace: 'default', id: 'c1' };

describe('stop', () => {
  it('leaves the time to the config unless told', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(await cli.run('stop', 'c1')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(cli.service.calls).toEqual([['stop', REF, {}]]);
  });

  it.each([
    ['3', 3_000],
    ['0.25', 250],
    ['0', 0],
  ])('takes %s seconds as %i ms', async (text, timeoutMs) => {
    const cli = new FakeCli();
    cli.add('c1');
    await cli.run('stop', '-t', text, 'c1');
    expect(cli.service.calls).toEqual([['stop', REF, { timeoutMs }]]);
  });

  it('prints how it ended with --json', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    expect(JSON.parse((await cli.run('stop', '--json', 'c1')).stdout)).toEqual(EXITED);
  });

  it.each(['soon', '-1', '1e3', '99999999', ''])('refuses the time %j', async (text) => {
    const { code, stderr } = await new FakeCli().run('stop', `--timeout=${text}`, 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain('is not a number of seconds from 0 to 2147483 (SHIM_USAGE)\n  at: --timeout');
  });
});
