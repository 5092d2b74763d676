import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';
import { FakeSystem } from '../support/fake-system.js';

function cliWith(change: (system: FakeSystem) => unknown): FakeCli {
  const cli = new FakeCli();
  const system = new FakeSystem();
  change(system);
  cli.system = system;
  return cli;
}

describe('doctor', () => {
  it('has a line for each thing, no remedy and exit code 0 on a healthy machine', async () => {
    const { code, stdout, stderr } = await new FakeCli().run('doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('ok    '))).toEqual([]);
    expect(lines).toContain('ok    runtime crun  crun version 1.8.1, spec: 1.0.0, +SYSTEMD +CAP +EBPF, /usr/bin/crun');
  });

  it('exits with 1 when something fails, the remedy indented below it', async () => {
    const cli = cliWith((system) => delete system.programs['runc']);
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}runtime runc {2}there is no executable runc.*\n {6}Install it, or set/m);
  });

  it('exits with 0 when there are warnings alone', async () => {
    const cli = cliWith((system) => (system.probes = { pidfdOpen: true, pidfdExitCode: false, tee: true }));
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warn {2}kernel/m);
  });

  it('goes on with the defaults when the config cannot be read', async () => {
    const cli = new FakeCli();
    cli.configFailure = new ShimError('SHIM_CONFIG_SYNTAX', '/etc/holdfast/config.json:2:1: bad', {
      remedy: 'Mend it.',
    });
    const { code, stdout } = await cli.run('--runtime', 'crun', 'doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}config {8}\/etc\/holdfast\/config.json:2:1: bad\n.*the defaults.\n {6}Mend it.$/m);
    expect(stdout).toMatch(/^ok {4}runtime crun .*, the default$/m);
  });

  it('tells the warnings of a config that can not be used', async () => {
    const cli = new FakeCli();
    cli.configFailure = new ShimError('SHIM_CONFIG_INVALID', 'bad');
    cli.config = { warnings: ['HOLDFAST_RUTNIME is unknown'] };
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/bad[^]*HOLDFAST_RUTNIME is unknown/);
  });

  it('tells what is wrong with a plugin of the config, and of the warnings', async () => {
    const cli = new FakeCli();
    const error = new ShimError('SHIM_PLUGIN_INSECURE', 'others can write /p.mjs', { remedy: 'chmod go-w /p.mjs' });
    cli.config = { validate: () => Promise.reject(error), warnings: ['HOLDFAST_RUTNIME is unknown'] };
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}config {8}others can write \/p.mjs\n {6}chmod go-w \/p.mjs$/m);
    expect(stdout).toMatch(/^warn {2}config {8}HOLDFAST_RUTNIME is unknown$/m);
  });

  it('looks at the log drivers of the config', async () => {
    const cli = new FakeCli();
    cli.config = { logs: [{ driver: 'journald' }] };
    expect((await cli.run('doctor')).stdout).toMatch(/^fail {2}journald/m);
  });

  it('tells a check that cannot be made as a failure, and makes the others', async () => {
    const cli = cliWith((system) => delete system.files['/proc/self/status']);
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}permissions .*ENOENT/m);
    expect(stdout).toMatch(/^ok {4}shims/m);
  });

  it('answers in JSON, and opens no shim', async () => {
    const cli = new FakeCli();
    const findings = JSON.parse((await cli.run('doctor', '--json')).stdout) as object[];
    expect(findings).toContainEqual({ verdict: 'ok', name: 'node', found: 'v20.20.2' });
    expect(cli.shims.closed).toBe(0);
  });

  it('does not let a runtime write to the terminal', async () => {
    const cli = cliWith((system) => (system.outputs['/usr/sbin/runc'] = { code: 0, output: 'x\u001b[2J' }));
    expect((await cli.run('doctor')).stdout).not.toContain('\u001b');
  });
});
