import type { ContainerRef } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { RequestRecord, RuntimeRecord } from './container-record.js';
import { isIdentifier } from './identifiers.js';

const PHASES: readonly unknown[] = [
  'creating',
  'created',
  'starting',
  'running',
  'pausing',
  'paused',
  'resuming',
  'deleting',
] satisfies readonly RuntimeRecord['phase'][];

/** Throws SHIM_STATE_CORRUPT for what is no request of this container, such as a copy of another's. */
export function checkRequest(request: RequestRecord, ref: ContainerRef, path: string): void {
  const { namespace, id, group, config, runtimeBundle } = request;
  if (namespace !== ref.namespace || id !== ref.id) {
    throw corrupt(path, `is the record of ${shown(namespace)}/${shown(id)}, not of ${ref.namespace}/${ref.id}`);
  }
  if (typeof group !== 'string' || !isIdentifier(group)) throw corrupt(path, 'names no group');
  if (typeof runtimeBundle !== 'string') throw corrupt(path, 'names no bundle');
  const parts: unknown[] = [config, config?.runtime, config?.logs, config?.limits];
  if (!parts.every((part) => typeof part === 'object' && part !== null)) throw corrupt(path, 'holds no config');
}

/** Throws SHIM_STATE_CORRUPT if the record names no process that can be looked for. */
export function checkRuntime({ phase, pid, startTime, requests }: RuntimeRecord, path: string): void {
  if (!PHASES.includes(phase)) throw corrupt(path, `has the phase ${shown(phase)}`);
  if (!Number.isSafeInteger(pid) || pid < 0) throw corrupt(path, `has the pid ${shown(pid)}`);
  if (!/^[0-9]{1,20}$/.test(startTime)) throw corrupt(path, `has the start time ${shown(startTime)}`);
  if (!Array.isArray(requests)) throw corrupt(path, 'holds no list of requests');
}

function corrupt(where: string, words: string): ShimError {
  return new ShimError('SHIM_STATE_CORRUPT', `${where} ${words}`, { where });
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 60);
}
