import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerDocument } from '@holdfast/core/client';
import { makeBundle } from '../../scripts/lib/busybox-bundle.mjs';
import { barePath } from '../support/bare-path.js';
import { expectNoProcesses } from '../support/leaks.js';
import { packAll } from '../support/packed-packages.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SCRIPT = 'trap "echo bye; exit 3" TERM; echo hello; echo oops >&2; while :; do sleep 0.1; done';

/** Everything happens here: the packed files, the installation, state, logs and containers. */
const directory = mkdtempSync(join(tmpdir(), 'hf-inst-'));
const project = join(directory, 'project');
let PATH: string;

async function run(command: string, ...args: string[]): Promise<string> {
  const options = { cwd: project, env: { PATH }, stdin: 'ignore', timeout: 120_000 } as const;
  const { stdout } = await execa(command, args, options);
  return stdout;
}

function shimctl(...args: string[]): Promise<string> {
  return run(join(project, 'node_modules/.bin/shimctl'), '--config', join(project, 'holdfast.json'), ...args);
}

beforeAll(async () => {
  // Neither a compiler nor make: what is installed must be ready to run.
  PATH = barePath(join(directory, 'bin'), ['node', 'npm', 'npx', 'sh']);
  mkdirSync(project);
  const packages = await packAll(directory);
  // The test kit would bring vitest, and the page about plugins installs it.
  const tarballs = packages.filter(({ name }) => name !== '@holdfast/testkit').map(({ tarball }) => tarball);
  await run('npm', 'install', '--no-save', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs);
  copyFileSync(join(ROOT, 'examples/log-counter/log-counter.mjs'), join(project, 'log-counter.mjs'));
  const config = {
    root: join(directory, 'r'),
    logRoot: join(directory, 'l'),
    logs: [
      { driver: 'file' },
      { driver: './log-counter.mjs', options: { path: join(directory, 'counts.json') }, isolate: 'thread' },
    ],
    shim: { idleTimeout: '100ms' },
  };
  writeFileSync(join(project, 'holdfast.json'), JSON.stringify(config));
}, 180_000);

afterAll(async () => {
  await expectNoProcesses(directory);
  rmSync(directory, { recursive: true });
});

describe('installed from the packed files into an empty directory', () => {
  it('shimctl says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'lerna.json'), 'utf8')) as { version: string };
    expect(await run('npx', '--no-install', 'shimctl', 'version')).toContain(version);
  });

  it('containerd-shim-holdfast-v1 says its version, and starts a shim that leaves when it has nothing to do', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'lerna.json'), 'utf8')) as { version: string };
    const root = join(directory, 'c');
    const bundle = join(directory, 'bundle');
    mkdirSync(bundle);
    const shim = (...args: string[]) =>
      execa(join(project, 'node_modules/.bin/containerd-shim-holdfast-v1'), args, {
        ...{ cwd: bundle, env: { PATH, HOLDFAST_ROOT: root }, extendEnv: false, stdin: 'ignore', timeout: 60_000 },
      });
    expect((await shim('-v')).stdout).toContain(version);
    const flags = ['-namespace', 'test', '-address', join(directory, 'containerd.sock'), '-id', 'c1'];
    const { stdout, stderr } = await shim(...flags, 'start');
    expect([stderr, stdout]).toEqual(['', readFileSync(join(bundle, 'address'), 'utf8')]);
    const socket = stdout.replace('unix://', '');
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect((await shim(...flags, 'delete')).exitCode).toBe(0);
    await until('it has left', () => !existsSync(socket));
  });

  it('a config may be YAML', async () => {
    writeFileSync(join(project, 'holdfast.yaml'), 'namespace: from-yaml\n');
    const { stdout } = await execa(
      join(project, 'node_modules/.bin/shimctl'),
      ['--config', join(project, 'holdfast.yaml'), '--json', 'config', 'show'],
      { cwd: project, env: { PATH } },
    );
    expect(stdout).toContain('from-yaml');
  });

  it("a container runs, is exec'd into, logged by a plugin of this directory too, stopped and deleted", async () => {
    makeBundle({ directory: join(project, 'bundle'), args: ['sh', '-c', SCRIPT] });
    await shimctl('run', '-d', '-b', 'bundle', 'web');
    try {
      expect(await shimctl('exec', 'web', '--', 'echo', 'inside')).toBe('inside');
      const { shim } = JSON.parse(await shimctl('inspect', 'web')) as ContainerDocument;
      expect(readFileSync(`/proc/${shim.pid}/cmdline`, 'utf8')).toContain(
        join(project, 'node_modules/@holdfast/shimctl'),
      );
      await shimctl('stop', 'web');
      expect(await shimctl('logs', '--stdout', 'web')).toBe('hello\nbye');
      expect(JSON.parse(await shimctl('inspect', 'web'))).toMatchObject({ exitCode: 3, lost: { records: 0 } });
      expect(JSON.parse(readFileSync(join(directory, 'counts.json'), 'utf8'))).toMatchObject({
        streams: { stdout: { lines: 2 }, stderr: { lines: 1 } },
      });
    } finally {
      await shimctl('delete', '--force', 'web');
    }
    expect(JSON.parse(await shimctl('list', '--json'))).toEqual([]);
  });

  it('a program imports the core, the plugins and the addon', async () => {
    const program = `
      import 'reflect-metadata';
      import { composeShim } from '@holdfast/core';
      import { definePlugin } from '@holdfast/core/plugin';
      import { native } from '@holdfast/native';
      import file from '@holdfast/log-file';
      import fluentd from '@holdfast/log-fluentd';
      import journald from '@holdfast/log-journald';
      import otlp from '@holdfast/log-otlp';
      import syslog from '@holdfast/log-syslog';
      import runc from '@holdfast/runtime-runc';
      import crun from '@holdfast/runtime-crun';
      import oci from '@holdfast/runtime-oci';
      console.log([composeShim, definePlugin, native.realtime].map((value) => typeof value).join());
      console.log([file, fluentd, journald, otlp, syslog, runc, crun, oci].map(({ name }) => name).join());`;
    writeFileSync(join(project, 'program.mjs'), program);
    expect(await run('node', 'program.mjs')).toBe(
      'function,function,function\nfile,fluentd,journald,otlp,syslog,runc,crun,oci',
    );
  });
});
