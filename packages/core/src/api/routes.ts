/**
 * The routes of the control API: HTTP/1.1 with JSON bodies over a Unix socket. An error answers with its code's status
 * and `{ "error": ErrorDocument }`. Names in a path are percent-encoded.
 *
 * | method and path | body | answer |
 * |---|---|---|
 * | GET /v1/version | | VersionDocument |
 * | GET /v1/events?since=T[&after=CURSOR][&follow=1] | | EventDocument, one a line |
 * | POST /v1/settings | ShimSettings | SettingsDocument |
 * | GET /v1/containers | | ContainerDocument[] |
 * | POST /v1/containers | CreateContainerRequest | ContainerDocument |
 * | GET /v1/containers/NS/ID | | ContainerDocument |
 * | DELETE /v1/containers/NS/ID?requestId=R[&force=1] | | {} |
 * | POST /v1/containers/NS/ID/start | { requestId } | ContainerDocument |
 * | POST /v1/containers/NS/ID/kill | KillRequest | {} |
 * | POST /v1/containers/NS/ID/pause | { requestId } | ContainerDocument |
 * | POST /v1/containers/NS/ID/resume | { requestId } | ContainerDocument |
 * | POST /v1/containers/NS/ID/update | UpdateRequest | {} |
 * | POST /v1/containers/NS/ID/reopen-logs | { requestId } | {} |
 * | GET /v1/containers/NS/ID/processes | | ProcessDocument[] |
 * | GET /v1/containers/NS/ID/stats | | StatsDocument |
 * | POST /v1/containers/NS/ID/stop | { requestId, timeoutMs? } | ExitDocument |
 * | GET /v1/containers/NS/ID/wait?until=exit\|drained | | ExitDocument |
 * | GET /v1/containers/NS/ID/notifications?cursor=C | | NotificationsDocument |
 * | GET /v1/containers/NS/ID/attach with Upgrade: holdfast/1 | frames | frames |
 * | POST /v1/containers/NS/ID/execs | CreateExecRequest | ExecDocument |
 * | POST …/execs/EID/start | StartExecRequest | ExecDocument |
 * | POST …/execs/EID/kill | { requestId, signal } | {} |
 * | GET …/execs/EID/wait | | ExitDocument |
 * | GET …/execs/EID/attach with Upgrade: holdfast/1 | frames | frames |
 * | DELETE …/execs/EID | | {} |
 *
 * Attach takes `?stdin=1` (this client writes to stdin; when its input ends it sends CLOSE_STDIN) and `?primary=1` (the
 * client that started the process: output waits for it, none is dropped, until it goes away).
 */
export const API_PREFIX = '/v1';

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
