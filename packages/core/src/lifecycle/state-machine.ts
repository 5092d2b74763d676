import type { ContainerStatus } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { ExitRecord, RuntimeRecord } from '../state/container-record.js';

/** What can be asked of a container. */
export type Operation =
  | 'start'
  | 'kill'
  | 'stop'
  | 'exec'
  | 'delete'
  | 'force-delete'
  | 'pause'
  | 'resume'
  | 'update'
  | 'ps'
  | 'stats'
  | 'reopen-logs';

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
  update: ['created', 'running', 'paused'],
  ps: ['created', 'running', 'paused'],
  stats: ['created', 'running', 'paused'],
  'reopen-logs': ['created', 'running', 'paused'],
};

/** Of operations that are no verbs. */
const WORDS: Partial<Readonly<Record<Operation, string>>> = {
  exec: 'run a command in',
  'force-delete': 'delete',
  ps: 'list the processes of',
  stats: 'read the counters of',
  'reopen-logs': 'reopen the logs of',
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
    case 'pausing':
      return 'running';
    case 'resuming':
      return 'paused';
    case 'deleting':
      return runtime.startedAt === null ? 'created' : 'running';
    default:
      return runtime.phase;
  }
}

/** Throws SHIM_ILLEGAL_STATE, saying what would help, unless `operation` is legal in `status`. */
export function checkLegal(operation: Operation, status: ContainerStatus, id: string): void {
  if (LEGAL[operation].includes(status)) return;
  const remedy = remedyFor(operation, status);
  throw new ShimError('SHIM_ILLEGAL_STATE', `cannot ${WORDS[operation] ?? operation} ${id}: it is ${status}`, {
    where: id,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function remedyFor(operation: Operation, status: ContainerStatus): string | undefined {
  const alive = status === 'running' || status === 'paused';
  if (operation === 'delete' && alive) return 'Stop it first, or use --force.';
  if (operation === 'exec' && status === 'created') return '`shimctl start ID` starts it.';
  if (operation === 'exec' && status === 'paused') return '`shimctl resume ID` lets it go on.';
  return undefined;
}
