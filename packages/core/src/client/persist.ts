import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ShimError } from '../plugin/shim-error.js';
import { isTransient } from './connection-cut.js';
import { DEFAULT_PATIENCE_MS, type ShimEndpoint } from './endpoint.js';

/** What an attempt may know and tell. */
export interface Attempt {
  /** shimd is alive: patience starts anew. */
  alive(): void;
  /** Milliseconds without a sign of life that are borne in all. */
  readonly patience: number;
  /** Milliseconds of it that are left. */
  left(): number;
  /** Why there is no use in waiting; undefined if nothing speaks against it. */
  trouble(): ShimError | undefined;
}

export interface Persistence {
  /** Milliseconds without a sign of life; Infinity for a wait. The endpoint's if left out. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether it goes on though shimd is known to die again and again; always with a patience of Infinity. */
  readonly steadfast?: () => boolean;
}

/**
 * Runs `attempt` until it settles with anything but a cut connection or SHIM_UNAVAILABLE; in between the endpoint makes
 * sure that somebody serves. Rejects with SHIM_UNAVAILABLE once patience has run out, and at once with SHIM_CRASH_LOOP if it
 * is known to be of no use.
 */
export async function persist<T>(
  endpoint: ShimEndpoint,
  attempt: (state: Attempt) => Promise<T>,
  options: Persistence = {},
): Promise<T> {
  const patience = options.patienceMs ?? endpoint.patienceMs ?? DEFAULT_PATIENCE_MS;
  let lastLife = performance.now();
  let failures = 0;
  const left = () => patience - (performance.now() - lastLife);
  const alive = () => {
    lastLife = performance.now();
    failures = 0;
  };
  const steadfast = (): boolean => patience === Infinity || options.steadfast?.() === true;
  const trouble = (): ShimError | undefined => (steadfast() ? undefined : endpoint.trouble?.());
  for (;;) {
    const known = trouble();
    if (known !== undefined) throw known;
    try {
      return await attempt({ patience, alive, left, trouble });
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (!isTransient(error)) throw error;
      if (left() <= 0) throw unavailable(endpoint, patience, error);
    }
    await endpoint.ensure();
    await pause(failures++, options.signal);
  }
}

/** None before the first repetition: the keeper's socket queues what comes while shimd boots. Nothing tells when a lock or a leaving keeper is gone. */
async function pause(failures: number, signal?: AbortSignal): Promise<void> {
  if (failures === 0) return;
  const milliseconds = Math.min(200, 2.5 * 2 ** failures);
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}

function unavailable(endpoint: ShimEndpoint, patience: number, cause: unknown): ShimError {
  const words = endpoint.lastWords?.() ?? '';
  const log = words === '' ? '' : `; its log ends with:\n${words}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `shimd of group ${endpoint.group} has not answered for ${patience / 1000} s (${reason})${log}`;
  return new ShimError('SHIM_UNAVAILABLE', message, { where: endpoint.socketPath, cause });
}
