/**
 * Where the control API begins: HTTP/1.1 with JSON bodies over a Unix socket; its calls are in `operations.ts`. An error
 * answers with its code's status and `{ "error": ErrorDocument }`. Names in a path are percent-encoded.
 */
export const API_PREFIX = '/v1';

/** Beside {@link API_PREFIX}: where Prometheus looks for it. */
export const METRICS_PATH = '/metrics';

/** Path of a container, or of `action` on it. */
export function containerPath(ref: { namespace: string; id: string }, action?: string): string {
  const base = `${API_PREFIX}/containers/${encodeURIComponent(ref.namespace)}/${encodeURIComponent(ref.id)}`;
  return action === undefined ? base : `${base}/${action}`;
}

/** Path of an exec session, or of `action` on it. */
export function execPath(ref: { namespace: string; id: string; execId: string }, action?: string): string {
  const base = containerPath(ref, `execs/${encodeURIComponent(ref.execId)}`);
  return action === undefined ? base : `${base}/${action}`;
}
