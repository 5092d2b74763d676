import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CAN_MOUNT_FUSE, deadMount } from '../support/dead-mount.js';
import { PrivateJournald } from '../support/journald.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

interface Finding {
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly name: string;
  readonly found: string;
  readonly remedy?: string;
}

async function examine(bench: Workbench, ...flags: string[]): Promise<{ exitCode: number; findings: Finding[] }> {
  const { exitCode, stdout, stderr } = await bench.shimctl([...flags, '--json', 'doctor']);
  expect(stderr).toBe('');
  return { exitCode: exitCode ?? -1, findings: JSON.parse(String(stdout)) as Finding[] };
}

function failures(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === 'fail');
}

describe('doctor on this machine', () => {
  it('fails nothing, starts nothing and makes nothing where all is well', async () => {
    const bench = new Workbench();
    const { exitCode, findings } = await examine(bench);
    expect(failures(findings)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(findings.find(({ name }) => name === 'runtime runc')?.found).toMatch(/^runc version .*, the default$/);
    for (const { verdict, remedy } of findings) expect(remedy === undefined).toBe(verdict === 'ok');
    expect([bench.root, bench.logRoot].filter(existsSync)).toEqual([]);
  });

  it('says a line for each thing, the remedy below it', async () => {
    const bench = new Workbench();
    bench.writeConfig({ runtimes: { runc: { options: { path: '/no/such/runc' } } } });
    const { exitCode, stdout } = await bench.shimctl(['doctor']);
    expect(exitCode).toBe(1);
    expect(String(stdout)).toMatch(
      /^fail {2}runtime runc +there is no executable \/no\/such\/runc\n {6}Install it, or set/m,
    );
    expect(String(stdout)).toMatch(/^ok {4}keeper +\//m);
  });

  it('tells of the shim that serves, of one that died, and of containers', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const healthy = await examine(bench);
    expect(failures(healthy.findings)).toEqual([]);
    expect(healthy.findings.find(({ name }) => name === 'shim default')?.found).toMatch(/^version .*, 1 container$/);
    const keeper = await keeperOf(bench, 'c1');
    for (let deaths = 0; deaths < 3; deaths += 1) await killShimd(keeper);
    await until('it answers', async () => (await bench.inspect('c1')).status === 'running');
    const shaken = (await examine(bench)).findings.find(({ name }) => name === 'shim default');
    expect(shaken).toMatchObject({ verdict: 'warn', found: expect.stringContaining('it died 3 times') as string });
  });

  it('warns of containers whose keeper was killed, and does not bring it back', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const keeper = await keeperOf(bench, 'c1');
    process.kill(keeper, 'SIGKILL');
    const lost = await until('nobody serves', async () => {
      const { findings } = await examine(bench);
      return findings.find(({ name, verdict }) => name === 'shim default' && verdict === 'warn');
    });
    expect(lost.found).toBe('its keeper is gone, and nobody watches 1 container: c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running' });
  });

  it('fails for a state directory that everybody can write', async () => {
    const bench = new Workbench();
    mkdirSync(bench.root);
    chmodSync(bench.root, 0o777);
    const { exitCode, findings } = await examine(bench);
    expect(exitCode).toBe(1);
    const state = failures(findings).find(({ name }) => name === 'state');
    expect(state?.found).toContain('mode 0777');
    expect(state?.remedy).toContain(`chmod 700 ${bench.root}`);
    chmodSync(bench.root, 0o700);
  });

  it('fails for a container whose state is broken, with a remedy that works', async () => {
    const bench = new Workbench();
    const directory = join(bench.root, 'ns', 'default', 'c1');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const path of ['', 'ns', 'ns/default']) chmodSync(join(bench.root, path), 0o700);
    writeFileSync(join(directory, 'request.json'), '{"schema":1,', { mode: 0o600 });
    const { exitCode, findings } = await examine(bench);
    expect(exitCode).toBe(1);
    const [finding] = failures(findings);
    expect(finding?.name).toBe('container default/c1');
    const command = /`shimctl (.*)`/.exec(finding?.remedy ?? '')?.[1] ?? '';
    await bench.ok(...command.split(' '));
    expect(failures((await examine(bench)).findings)).toEqual([]);
    expect(readdirSync(join(bench.root, 'ns', 'default'))).toEqual([]);
  });

  it('goes on when the config cannot be read', async () => {
    const bench = new Workbench();
    const broken = join(bench.directory, 'broken.json');
    writeFileSync(broken, '{ "runtime": ');
    const { exitCode, findings } = await examine(bench, '--config', broken, '--root', bench.root);
    expect(exitCode).toBe(1);
    expect(failures(findings)[0]).toMatchObject({
      name: 'config',
      found: expect.stringContaining('broken.json:1') as string,
    });
    expect(findings.find(({ name }) => name === 'state')?.found).toContain(bench.root);
  });

  it('fails for a file in the place of the log directory', async () => {
    const bench = new Workbench();
    writeFileSync(bench.logRoot, '');
    const { findings } = await examine(bench);
    expect(failures(findings)).toMatchObject([{ name: 'logs', found: `${bench.logRoot} is no directory` }]);
  });

  it('tells a journald that answers from one that was killed', async () => {
    const bench = new Workbench();
    const journald = await PrivateJournald.start();
    onTestFinished(() => journald.remove());
    const { namespace } = journald;
    bench.writeConfig({ logs: [{ driver: 'journald', options: { namespace } }] });
    const name = `journald ${namespace}`;
    const find = async (): Promise<Finding | undefined> =>
      (await examine(bench)).findings.find((finding) => finding.name === name);
    expect(await find()).toMatchObject({ verdict: 'ok', found: expect.stringContaining('answers') as string });
    await journald.kill();
    expect(await find()).toMatchObject({ verdict: 'fail', found: expect.stringContaining('ECONNREFUSED') as string });
  });

  const reason = CAN_MOUNT_FUSE ? '' : ' (skipped: needs root and /dev/fuse)';

  it.skipIf(!CAN_MOUNT_FUSE)(`ends though the log disk does not answer${reason}`, async () => {
    const bench = new Workbench();
    deadMount(bench.logRoot);
    const { exitCode, findings } = await examine(bench);
    expect(exitCode).toBe(1);
    expect(failures(findings)).toMatchObject([
      { name: 'logs', found: `the fuse file system at ${bench.logRoot} does not answer` },
    ]);
  });
});
