import type { ContainerConfig, ContainerRef, CreateContainerRequest, FrontEndHost } from '@holdfast/core';
import { labelsOf } from '../logs/labels.js';
import type { LogChoice } from '../logs/log-drivers.js';
import { RUNTIME_PATH } from '../launch/paths.js';
import { commandOf } from '../runtime/command-of.js';
import type { MonitorRecord } from './record.js';

/** Containers and exec sessions of conmon's callers, apart from those of others. */
export const NAMESPACE = 'conmon';

/** conmon does not wait for others that hold the output once the process has ended; what is in the pipes by then is read in any case. */
const DRAIN_MS = 250;
const LONGEST_ID = 100;

/** Whoever has an id may use it again before all is done that comes after the end of the one before. */
export function refOf(uuid: string, requestId: string): ContainerRef {
  const name = uuid
    .replace(/[^A-Za-z0-9_.+-]/g, '_')
    .replace(/^[.+-]+/, '')
    .slice(0, LONGEST_ID);
  return { namespace: NAMESPACE, id: `${name === '' ? 'x' : name}-${requestId.slice(0, 8)}` };
}

/** What the core is asked for. Rejects as `loadConfig`. */
export async function containerRequest(
  host: FrontEndHost,
  requestId: string,
  record: MonitorRecord,
  logs: readonly LogChoice[],
): Promise<CreateContainerRequest> {
  const { options, cwd } = record;
  const ref = refOf(options.uuid, requestId);
  const loaded = await host.loadConfig({ cwd: '/', environment: {} });
  const base = await loaded.container(ref);
  const { version } = host;
  const config: ContainerConfig = {
    ...base,
    runtime: {
      name: 'conmon',
      plugin: 'conmon',
      path: RUNTIME_PATH,
      version,
      options: { ...commandOf(record) },
    },
    logs: logs.map(({ driver, options: given }) => ({ plugin: driver, path: null, version, options: given })),
    limits: { ...base.limits, drainTimeoutMs: DRAIN_MS },
  };
  return {
    ...ref,
    requestId,
    bundle: options.bundle ?? cwd,
    config,
    stdin: options.stdin,
    terminal: options.terminal,
    autoRemove: false,
    labels: labelsOf(options),
  };
}
