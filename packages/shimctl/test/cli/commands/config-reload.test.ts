import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

interface Answer {
  readonly running: boolean;
  readonly settings: readonly { setting: string; state: string; detail: string }[];
}

async function reload(cli: FakeCli): Promise<{ code: number; answer: Answer; states: Record<string, string> }> {
  const { code, stdout } = await cli.run('--json', 'config', 'reload');
  const answer = JSON.parse(stdout) as Answer;
  return { code, answer, states: Object.fromEntries(answer.settings.map(({ setting, state }) => [setting, state])) };
}

const REST = {
  'runtime, runtimes, logs, logRoot, plugins, limits, namespace': 'new containers',
  'root, group': 'another shim',
};

describe('config reload', () => {
  it('tells the running shim, and says of each setting what becomes of it', async () => {
    const cli = new FakeCli();
    cli.config = { group: 'web', shim: { logLevel: 'debug', idleTimeoutMs: 2_000 } };
    const { code, answer, states } = await reload(cli);
    expect({ code, running: answer.running }).toEqual({ code: 0, running: true });
    expect(cli.shims.groups).toEqual(['web']);
    expect(cli.service.calls).toEqual([['configure', { logLevel: 'debug', idleTimeoutMs: 2_000 }]]);
    expect(states).toEqual({ 'shim.logLevel': 'applied', 'shim.idleTimeout': 'unchanged', ...REST });
    expect(answer.settings[0]?.detail).toBe('was info, is debug');
  });

  it('starts no shim where none runs', async () => {
    const cli = new FakeCli();
    cli.service.failures.configure = new ShimError('SHIM_NOT_RUNNING', 'nobody');
    const { code, answer, states } = await reload(cli);
    expect({ code, running: answer.running }).toEqual({ code: 0, running: false });
    expect(states).toEqual({ 'shim.logLevel': 'not running', 'shim.idleTimeout': 'not running', ...REST });
  });

  it('tells nobody of a config with mistakes', async () => {
    const cli = new FakeCli();
    cli.config = { validate: () => Promise.reject(new ShimError('SHIM_CONFIG_INVALID', 'f:1:2 logs[0]: no')) };
    expect((await cli.run('config', 'reload')).code).toBe(1);
    expect(cli.service.calls).toEqual([]);
  });

  it('fails with what a shim answers', async () => {
    const cli = new FakeCli();
    cli.service.failures.configure = new ShimError('SHIM_UNAVAILABLE', 'no answer');
    const { code, stderr } = await cli.run('config', 'reload');
    expect(code).toBe(1);
    expect(stderr).toContain('no answer (SHIM_UNAVAILABLE)');
  });
});
