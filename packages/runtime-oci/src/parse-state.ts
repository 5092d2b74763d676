import type { OciState } from '@holdfast/core/plugin';
import { badOutput } from './bad-output.js';

const STATUSES: readonly OciState['status'][] = ['creating', 'created', 'running', 'paused', 'stopped'];

/** The state document that the runtime printed for container `id`. */
export function parseState(output: Buffer, id: string, where: string): OciState {
  const document = parse(output);
  if (document === undefined) throw badOutput(where, 'a state document in JSON', output);
  const status = STATUSES.find((known) => known === document['status']);
  if (status === undefined) throw badOutput(where, 'a state document with a status of the OCI specification', output);
  if (document['id'] !== id) throw badOutput(where, `the state of container "${id}"`, output);
  const { ociVersion, bundle } = document;
  if (typeof ociVersion !== 'string' || typeof bundle !== 'string') {
    throw badOutput(where, 'a state document with ociVersion and bundle', output);
  }
  const pid = status === 'stopped' ? 0 : (document['pid'] ?? 0);
  if (!isPid(pid)) throw badOutput(where, 'a state document with a pid', output);
  return { ociVersion, id, status, pid, bundle, ...annotationsOf(document['annotations']) };
}

/** Host pids as `ps --format json` prints them; runc prints `null` for none. */
export function parsePids(output: Buffer, where: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(output.toString());
  } catch {
    throw badOutput(where, 'a list of pids in JSON', output);
  }
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every((pid) => isPid(pid) && pid > 0)) {
    throw badOutput(where, 'a list of pids in JSON', output);
  }
  return value as number[];
}

function parse(output: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(output.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function annotationsOf(value: unknown): { annotations?: Record<string, string> } {
  if (typeof value !== 'object' || value === null) return {};
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { annotations: Object.fromEntries(texts) };
}
