import type { ContainerDocument, ContainerRef } from '../api/documents.js';
import type { ResolvedPlugin } from '../config/container-config.js';
import { hidePointers } from '../config/secrets.js';
import { countersDocument } from '../metrics/counters-document.js';
import type { ShimError } from '../plugin/shim-error.js';
import { NOTHING_LOST } from '../state/container-record.js';
import type { Container } from './container.js';
import type { ShimInfo } from './shim-info.js';

/** The container as `inspect` shows it. */
export function containerDocument(container: Container, info: ShimInfo): ContainerDocument {
  const { request, runtime, exit } = container.records;
  const { id, namespace, instance, createdAt, bundle, config, annotations, labels, autoRemove } = request;
  return {
    id,
    namespace,
    instance,
    status: container.status,
    pid: exit === undefined ? runtime.pid : 0,
    createdAt,
    startedAt: runtime.startedAt,
    exitedAt: exit?.exitedAt ?? null,
    exitCode: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    bundle,
    runtime: {
      name: config.runtime.name,
      plugin: config.runtime.plugin,
      version: config.runtime.version,
      path: config.runtime.path,
    },
    logs: config.logs.map(logDocument),
    logDirectory: config.logDirectory,
    shim: shimDocument(info),
    lost: container.losses.document(),
    counters: countersDocument(container.counters),
    annotations,
    labels: labels ?? {},
    autoRemove,
    terminal: request.terminal === true,
    execs: container.execs.ids,
    oomKilled: (runtime.oomKills ?? 0) > 0,
    oomKills: runtime.oomKills ?? 0,
    error: null,
  };
}

function logDocument(log: ResolvedPlugin): ContainerDocument['logs'][number] {
  const { plugin, version, path, options, secrets = [] } = log;
  return { driver: plugin, version, path, options: hidePointers(options, secrets) };
}

/** A container whose records can't be read: it is shown, and can be removed by force. `info` is of the shim that it belongs to, if that is known. */
export function brokenDocument(ref: ContainerRef, error: ShimError, info: ShimInfo | undefined): ContainerDocument {
  return {
    id: ref.id,
    namespace: ref.namespace,
    instance: '',
    status: 'unknown',
    pid: 0,
    createdAt: '',
    startedAt: null,
    exitedAt: null,
    exitCode: null,
    signal: null,
    bundle: '',
    runtime: { name: '', plugin: '', version: '', path: null },
    logs: [],
    logDirectory: '',
    shim: info === undefined ? { pid: 0, keeperPid: 0, group: '' } : shimDocument(info),
    lost: NOTHING_LOST,
    annotations: {},
    labels: {},
    autoRemove: false,
    terminal: false,
    execs: [],
    oomKilled: false,
    oomKills: 0,
    error: error.toJSON(),
  };
}

function shimDocument(info: ShimInfo): ContainerDocument['shim'] {
  const { pid, keeperPid, group, socket } = info;
  return { pid, keeperPid, group, ...(socket !== undefined && { socket }) };
}
