import type { ContainerStatus } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { ExitRecord, RuntimeRecord } from '../state/container-record.js';

/** What can be asked of a container. */
export type Operation = 'start' | 'kill' | 'stop' | 'exec' | 'delete' | 'force-delete' | 'pause' | 'resume';

/** The states in which each operation is legal. */
const LEGAL: Readonly<Record<Operation, readonly ContainerStatus[]>> = {
  start: ['created'],
  kill: ['created', 'running', 'paused'],
  stop: ['created', 'running', 'paused', 'stopped'],
  exec: ['running'],
  delete: ['created', 'stopped'],
  'force-delete': ['creating', 'created', 'running', 'paused', 'stopped', 'unknown'],
  pause: ['running'],
  resume: ['paused'],
};

/** The status that the records tell: an exit outweighs whatever phase was reached. */
export function statusOf(
  runtime: Pick<RuntimeRecord, 'phase' | 'startedAt'>,
  exit: ExitRecord | undefined,
): ContainerStatus {
  if (exit !== undefined) return 'stopped';
  switch (runtime.phase) {
    case 'starting':
      return 'created';
    case 'deleting':
      return runtime.startedAt === null ? 'created' : 'running';
    default:
      return runtime.phase;
  }
}

/** Throws SHIM_ILLEGAL_STATE, saying what would help, unless `operation` is legal in `status`. */
export function checkLegal(operation: Operation, status: ContainerStatus, id: string): void {
  if (LEGAL[operation].includes(status)) return;
  const name = operation === 'force-delete' ? 'delete' : operation;
  const running = operation === 'delete' && (status === 'running' || status === 'paused');
  throw new ShimError('SHIM_ILLEGAL_STATE', `cannot ${name} ${id}: it is ${status}`, {
    where: id,
    ...(running ? { remedy: 'Stop it first, or use --force.' } : {}),
  });
}
