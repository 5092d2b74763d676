import type {
  ContainerConfig,
  ContainerDocument,
  ContainerRef,
  ExitDocument,
  StatsDocument,
} from '@holdfast/core/client';

export const EXITED: ExitDocument = { exitCode: 0, signal: null, exitedAt: '2026-01-02T03:04:06.000Z' };

export const CONTAINER_CONFIG: ContainerConfig = {
  runtime: { name: 'runc', plugin: 'runc', path: null, version: '0.1.0', options: {} },
  logs: [{ plugin: 'file', path: null, version: '0.1.0', options: {} }],
  logDirectory: '/var/log/holdfast/default/c1',
  limits: { runtimeTimeoutMs: 30_000, drainTimeoutMs: 2_000, stopTimeoutMs: 10_000, logTimeoutMs: 5_000 },
};

/** A running container with one readable log. */
export function containerDocument(ref: ContainerRef, changes: Partial<ContainerDocument> = {}): ContainerDocument {
  return {
    ...ref,
    instance: '7b0c9a3e-0000-4000-8000-000000000000',
    status: 'running',
    pid: 4711,
    createdAt: '2026-01-02T03:04:05.000Z',
    startedAt: '2026-01-02T03:04:05.500Z',
    exitedAt: null,
    exitCode: null,
    signal: null,
    bundle: '/bundles/web',
    runtime: { name: 'runc', plugin: 'runc', version: '0.1.0', path: null },
    logs: [{ driver: 'file', version: '0.1.0', path: null, options: {} }],
    logDirectory: '/var/log/holdfast/default/c1',
    shim: { pid: 11, keeperPid: 10, group: 'default' },
    lost: { records: 0, bytes: 0, byDriver: {} },
    annotations: {},
    labels: {},
    autoRemove: false,
    terminal: false,
    execs: [],
    oomKilled: false,
    oomKills: 0,
    error: null,
    ...changes,
  };
}

/** A container that has used half a second of CPU time and half of its memory. */
export function statsDocument(
  { namespace, id, instance }: Pick<ContainerDocument, 'namespace' | 'id' | 'instance'>,
  changes: Partial<StatsDocument> = {},
): StatsDocument {
  return {
    namespace,
    id,
    instance,
    time: '2026-01-02T03:04:06.000Z',
    clockMs: 1_000,
    cpu: { usageUs: 500_000, cpus: 2 },
    memory: { usageBytes: 32 << 20, limitBytes: 64 << 20, hostBytes: 2 ** 34 },
    pids: { current: 3, limit: null },
    blockIo: { readBytes: 4_096, writeBytes: 0 },
    network: { receivedBytes: 1_234, sentBytes: 567 },
    output: { stdout: { bytes: 2_000, records: 20 }, stderr: { bytes: 0, records: 0 } },
    ...changes,
  };
}
