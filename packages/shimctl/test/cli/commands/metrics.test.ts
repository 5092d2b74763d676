import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

const TEXT = 'holdfast_up{group="g"} 1\n';
const FAILURE = {
  group: 'h',
  error: new ShimError('SHIM_NOT_RUNNING', 'no shim of the group h runs', { where: 'h' }).toJSON(),
};

function cliWith(text: string, ...failures: (typeof FAILURE)[]): FakeCli {
  const cli = new FakeCli();
  cli.shims.metricsReport = { text, failures };
  return cli;
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-metrics-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

describe('metrics', () => {
  it('prints those of all groups, or of the one that is named', async () => {
    const cli = cliWith(TEXT);
    expect(await cli.run('metrics')).toEqual({ code: 0, stdout: TEXT, stderr: '' });
    expect(await cli.run('metrics', '--group', 'g')).toEqual({ code: 0, stdout: TEXT, stderr: '' });
    expect(cli.shims.measured).toEqual([undefined, ['g']]);
  });

  it('says in words that no shim runs', async () => {
    const { code, stdout, stderr } = await cliWith('').run('metrics');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe('shimctl: no shim runs below /run/holdfast\n');
  });

  it('tells what the others say if a group does not answer, and fails', async () => {
    const { code, stdout, stderr } = await cliWith(TEXT, FAILURE).run('metrics');
    expect({ code, stdout }).toEqual({ code: 1, stdout: TEXT });
    expect(stderr).toContain('SHIM_NOT_RUNNING');
  });
});

describe('metrics --out', () => {
  it('puts the file in the place of the one before, readable for all, and leaves nothing else', async () => {
    const directory = scratch();
    const file = join(directory, 'holdfast.prom');
    writeFileSync(file, 'before', { mode: 0o600 });
    const cli = cliWith(TEXT, FAILURE);
    cli.cwd = directory;
    expect(await cli.run('metrics', '--out', 'holdfast.prom')).toMatchObject({ code: 1, stdout: '' });
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([TEXT, 0o644]);
    expect(readdirSync(directory)).toEqual(['holdfast.prom']);
  });

  it('empties it when no shim runs: what was true before is so no longer', async () => {
    const file = join(scratch(), 'holdfast.prom');
    writeFileSync(file, 'before');
    expect(await cliWith('').run('metrics', '--out', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('writes through no symbolic link', async () => {
    const directory = scratch();
    const [file, target] = [join(directory, 'holdfast.prom'), join(directory, 'target')];
    writeFileSync(target, 'kept');
    symlinkSync(target, file);
    expect((await cliWith(TEXT).run('metrics', '--out', file)).code).toBe(0);
    expect([readFileSync(target, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['kept', TEXT]);
  });

  it('fails where it cannot write, and makes no directories', async () => {
    const directory = scratch();
    const { code, stderr } = await cliWith(TEXT).run('metrics', '--out', join(directory, 'no', 'such.prom'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('SHIM_IO') as string });
    expect(readdirSync(directory)).toEqual([]);
    expect((await cliWith(TEXT).run('metrics', '--out', '')).code).toBe(2);
  });
});
