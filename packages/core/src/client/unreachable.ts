import type { ContainerDocument } from '../api/documents.js';
import type { ShimError } from '../plugin/shim-error.js';
import type { StateLayout } from '../state/layout.js';
import type { LocatedContainer } from './locate.js';

/** A container as the list shows it if no shim can tell about it: one that is broken must not hide the others. */
export function unreachableContainer(
  layout: StateLayout,
  located: LocatedContainer,
  error: ShimError,
): ContainerDocument {
  const { namespace, id, instance, group, createdAt = '', bundle = '', runtime = '' } = located;
  return {
    namespace,
    id,
    instance,
    status: 'unknown',
    pid: 0,
    createdAt,
    startedAt: null,
    exitedAt: null,
    exitCode: null,
    signal: null,
    bundle,
    runtime: { name: runtime, plugin: '', version: '', path: null },
    logs: [],
    logDirectory: '',
    shim: { pid: 0, keeperPid: 0, group: group ?? '', ...(group !== undefined && { socket: layout.apiSocket(group) }) },
    lost: { records: 0, bytes: 0, byDriver: {} },
    annotations: {},
    labels: {},
    autoRemove: false,
    terminal: false,
    execs: [],
    oomKilled: false,
    oomKills: 0,
    error: { ...error.toJSON(), where: error.where ?? layout.container(located) },
  };
}
