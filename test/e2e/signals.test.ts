import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerDocument } from '@holdfast/core/client';
import { expect, it } from 'vitest';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const SCRIPT = 'trap "exit 0" TERM; i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.05; done';

/** A signal at moments spread over the life of a command: while Node starts, at work, waiting for the shim. */
const MOMENTS = [
  { signal: 'SIGINT', ms: 10 },
  { signal: 'SIGTERM', ms: 120 },
  { signal: 'SIGHUP', ms: 240 },
] as const;

interface Case {
  readonly args: (bundle: string) => readonly string[];
  /** Commands that bring `c2` to where the command under test takes it up. */
  readonly prepare?: (bundle: string) => readonly (readonly string[])[];
}

const running = (bundle: string): string[][] => [['run', '-d', '-b', bundle, 'c2']];
const created = (bundle: string): string[][] => [['create', '-b', bundle, 'c2']];
const on = (...args: string[]): Case => ({ args: () => args });
const changing = (prepare: Case['prepare'], ...args: string[]): Case => ({
  args: () => args,
  ...(prepare && { prepare }),
});

/** `c1` runs throughout. */
const CASES: Readonly<Record<string, Case>> = {
  create: { args: (bundle) => ['create', '-b', bundle, 'c2'] },
  'run -d': { args: (bundle) => ['run', '-d', '-b', bundle, 'c2'] },
  start: changing(created, 'start', 'c2'),
  kill: changing(running, 'kill', 'c2', 'TERM'),
  stop: changing(running, 'stop', 'c2'),
  pause: changing(running, 'pause', 'c2'),
  resume: changing((bundle) => [...running(bundle), ['pause', 'c2']], 'resume', 'c2'),
  delete: changing(created, 'delete', 'c2'),
  'delete --force': changing(running, 'delete', '--force', 'c2'),
  update: on('update', '--pids-limit', '100', 'c1'),
  exec: on('exec', 'c1', '--', 'sleep', '0.2'),
  wait: on('wait', 'c1'),
  logs: on('logs', '-f', 'c1'),
  'reopen-logs': on('reopen-logs', 'c1'),
  ps: on('ps', 'c1'),
  stats: on('stats', 'c1'),
  inspect: on('inspect', 'c1'),
  list: on('list'),
  events: on('events', '--since', '1h'),
  recover: on('recover'),
  doctor: on('doctor'),
  'plugins list': on('plugins', 'list'),
  'config show': on('config', 'show'),
};
const ENDLESS = ['wait', 'logs', 'stats', 'events'];

const changes = (name: string): boolean => CASES[name]?.prepare !== undefined || name === 'create' || name === 'run -d';

/** Waits until no container is half made or half gone, and removes `c2`. */
async function settled(bench: Workbench, name: string): Promise<void> {
  await until(`no container is half made or half gone after ${name}`, async () => {
    const containers = JSON.parse(await bench.ok('list', '--json')) as ContainerDocument[];
    return containers.every(({ status }) => status !== 'creating' && status !== 'unknown');
  });
  await bench.shimctl(['delete', '--force', 'c2']);
}

it.each(Object.keys(CASES))('%s: a signal at any moment ends it, and leaves nothing half done', async (name) => {
  const bench = new Workbench();
  const bundle = bench.script('b', SCRIPT);
  await bench.ok('run', '-d', '-b', bundle, 'c1');
  const { pid } = await bench.inspect('c1');
  const { args, prepare } = CASES[name] as Case;
  for (const { signal, ms } of MOMENTS) {
    for (const command of prepare?.(bundle) ?? []) await bench.ok(...command);
    const process = bench.shimctl(args(bundle));
    await delay(ms);
    process.kill(signal);
    const { exitCode, signal: endedBy, stderr } = await process;
    const code = 128 + constants.signals[signal];
    const ended = endedBy === signal || exitCode === code || (exitCode === 0 && !ENDLESS.includes(name));
    expect({ name, signal, ms, ended, exitCode, endedBy, stderr }).toMatchObject({ ended: true });
    expect(String(stderr)).not.toMatch(/^\s+at /m);

    if (changes(name)) await settled(bench, name);
  }
  const left = JSON.parse(await bench.ok('list', '--json')) as ContainerDocument[];
  expect(left).toMatchObject([{ id: 'c1', status: 'running', pid }]);
});
