import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StateLayout } from '@holdfast/core';
import { OPERATIONS } from '@holdfast/core/api';
import type {
  ContainerConfig,
  ContainerDocument,
  ExecDocument,
  ExitDocument,
  VersionDocument,
} from '@holdfast/core/client';
import { describe, expect, it } from 'vitest';
import { ApiProbe } from '../support/api-probe.js';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

const fresh = (): { requestId: string } => ({ requestId: randomUUID() });
const PROCESS = { args: ['sh', '-c', 'exit 5'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };

function requestOf(bench: Workbench, id: string): { config: ContainerConfig } {
  const file = join(new StateLayout(bench.root).container({ namespace: 'default', id }), 'request.json');
  return JSON.parse(readFileSync(file, 'utf8')) as { config: ContainerConfig };
}

describe.each(RUNTIMES)('the control API, on real %s', (runtime) => {
  it('answers every operation as its schema says', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'trap "exit 0" TERM; while :; do sleep 0.1; done');
    await bench.ok('run', '-d', '-b', bundle, 'c1');
    const api = new ApiProbe(bench.root);
    const settings = { logLevel: 'info', idleTimeoutMs: 100 };
    expect(await api.call('configure', { body: settings })).toEqual({ before: settings, now: settings });
    const c1 = { namespace: 'default', id: 'c1' };
    const { version } = await api.call<VersionDocument>('version');
    const same = { version, stateSchema: 1, program: '/bin/false', args: [], environment: {}, force: false };
    expect(await api.call('upgrade', { body: { ...fresh(), ...same } })).toEqual({ result: 'current', version });
    expect((await api.call<Map<string, unknown>>('metrics')).has('holdfast_build_info')).toBe(true);
    expect(await api.call<ContainerDocument[]>('list')).toHaveLength(1);
    await api.call<ContainerDocument>('inspect', { path: c1 });

    // What the first one was made of makes another.
    const config = requestOf(bench, 'c1').config;
    const c2 = { namespace: 'default', id: 'c2' };
    await api.call('create', {
      body: {
        ...c2,
        ...fresh(),
        bundle,
        config: { ...config, logDirectory: join(dirname(config.logDirectory), 'c2') },
        stdin: false,
        autoRemove: false,
        terminal: true,
        terminalSize: { rows: 24, columns: 80 },
      },
    });
    await api.call('start', { path: c2, body: fresh() });

    const e1 = { ...c2, execId: 'e1' };
    await api.call('createExec', {
      path: c2,
      body: { ...fresh(), execId: 'e1', process: PROCESS, stdin: false, detached: false },
    });
    expect(await api.call<ExecDocument>('startExec', { path: e1, body: fresh() })).toMatchObject({ execId: 'e1' });
    expect(await api.call<ExitDocument>('waitExec', { path: e1 })).toMatchObject({ exitCode: 5 });
    await api.call('deleteExec', { path: e1 });

    const e2 = { ...c2, execId: 'e2' };
    const sleeper = { ...PROCESS, terminal: true, args: ['sleep', '1000'] };
    await api.call('createExec', {
      path: c2,
      body: { ...fresh(), execId: 'e2', process: sleeper, stdin: false, detached: false },
    });
    await api.call('startExec', { path: e2, body: fresh() });
    await api.call('resizeExec', { path: e2, body: { ...fresh(), rows: 0, columns: 65_535 } });
    await api.call('killExec', { path: e2, body: { ...fresh(), signal: 9 } });
    expect(await api.call<ExitDocument>('waitExec', { path: e2 })).toMatchObject({ exitCode: 137, signal: 'SIGKILL' });

    await api.call('resize', { path: c2, body: { ...fresh(), rows: 30, columns: 90 } });
    expect(await api.refused('resize', { path: c1, body: { ...fresh(), rows: 30, columns: 90 } })).toMatchObject({
      code: 'SHIM_ILLEGAL_STATE',
    });
    await api.call('pause', { path: c2, body: fresh() });
    await api.call('resume', { path: c2, body: fresh() });
    await api.call('update', { path: c2, body: { ...fresh(), resources: { pids: { limit: 50 } } } });
    await api.call('reopenLogs', { path: c2, body: fresh() });
    // Nothing is broken: it is told as it is.
    expect(await api.call<unknown>('recover', { path: c2, body: fresh() })).toMatchObject({
      id: 'c2',
      status: 'running',
    });
    expect(await api.call<unknown>('processes', { path: c2 })).toMatchObject({});
    expect(await api.call<unknown>('stats', { path: c2 })).toMatchObject({});

    await api.call('kill', { path: c2, body: { ...fresh(), signal: 15, all: false } });
    expect(await api.call<ExitDocument>('wait', { path: c2 })).toMatchObject({ exitCode: 0 });
    await api.call('stop', { path: c1, body: fresh() });
    expect(await api.call('notifications', { path: c1 })).toMatchObject({ messages: [], ended: true });
    await api.call('delete', { path: c2, query: fresh() });
    expect(await api.refused('inspect', { path: c2 })).toEqual({ status: 404, code: 'SHIM_CONTAINER_NOT_FOUND' });

    await api.call('configure', { body: { logLevel: 'debug', idleTimeoutMs: 200 } });
    const events = await api.call<{ type: string; id?: string }[]>('events', { query: { since: '0' } });
    expect(events.filter(({ id }) => id === 'c2').map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'create',
        'start',
        'pause',
        'resume',
        'update',
        'exec-exit',
        'exit',
        'drained',
        'delete',
      ]),
    );
    const attached = OPERATIONS.filter(({ answer }) => answer === 'frames').map(({ id }) => id);
    const missing = OPERATIONS.map(({ id }) => id).filter((id) => !api.called.has(id) && !attached.includes(id));
    expect(missing).toEqual([]);
  });
});
