import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeCli } from './support/fake-cli.js';
import { temporaryBundle } from './support/temporary-bundle.js';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'holdfast-labels-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('labels of a new container', () => {
  it('come from files, then from flags, the last of a key counts', async () => {
    const cli = new FakeCli();
    cli.cwd = directory();
    writeFileSync(join(cli.cwd, 'a'), '# none\n\nx=1\ny=a=b\r\nempty\n');
    writeFileSync(join(cli.cwd, 'b'), 'x=2\n');
    const flags = ['--label-file', 'a', '--label-file', 'b', '--label', 'y=new\nline', '--label', 'z='];
    expect((await cli.run('create', '-b', temporaryBundle(), ...flags, 'c1')).code).toBe(0);
    expect(cli.service.calls[0]?.[1]).toMatchObject({ labels: { x: '2', y: 'new\nline', empty: '', z: '' } });
  });

  it('are left out when there are none', async () => {
    const cli = new FakeCli();
    await cli.run('run', '-d', '-b', temporaryBundle(), 'c1');
    expect(cli.service.calls[0]?.[1]).not.toHaveProperty('labels');
  });

  it.each([
    [['--label', '=x'], 'a label has no key'],
    [['--label', 'a\nb=x'], 'has a control character in its key'],
    [['--label', `${'k'.repeat(257)}=x`], 'is over 256 characters'],
    [['--label', `k=${'v'.repeat(4_097)}`], 'is over 4096 characters'],
    [['--label', '__proto__=x'], 'is not allowed'],
    [['--label-file', '/nowhere/at/all'], 'the label file cannot be read'],
    [['--label-file', '/dev/null'], 'not a regular file'],
  ])('%j are a mistake in the command line', async (args, words) => {
    const cli = new FakeCli();
    const { code, stderr } = await cli.run('run', '-b', temporaryBundle(), ...args, 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(cli.configRequests).toEqual([]);
  });
});
