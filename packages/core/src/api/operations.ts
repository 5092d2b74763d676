import type { AnswerName } from './answer-schemas.js';
import type { RequestName } from './request-schemas.js';
import { METRICS_PATH } from './routes.js';

/** One parameter of a query. */
export interface QueryParameter {
  readonly name: string;
  readonly required?: boolean;
  readonly description: string;
}

/** One call of the control API. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below {@link API_PREFIX} unless it begins with a slash; names in braces are percent-encoded. */
  readonly path: string;
  /** Unique; what a generated client calls it. */
  readonly id: string;
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  readonly body?: RequestName;
  /** `frames`: the connection is upgraded; `metrics`: Prometheus' text format; `lines`: NDJSON, one `of` a line. */
  readonly answer: AnswerName | 'frames' | 'metrics';
  readonly lines?: true;
}

const ATTACH_QUERY = [
  { name: 'stdin', description: '1: this client writes to stdin; when its input ends it sends CLOSE_STDIN.' },
  { name: 'primary', description: '1: the client that started the process: output waits for it, none is dropped.' },
  {
    name: 'replay',
    description: '1: begins with CUT, which tells which log records came before; of containers alone.',
  },
] as const;
const CONTAINER = 'containers/{namespace}/{id}';
const EXEC = `${CONTAINER}/execs/{execId}`;

/** Every call of the control API. `docs/openapi.json` is generated from it, and the router is tested against it. */
export const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: 'version', id: 'version', summary: 'Versions and pids of the shim.', answer: 'version' },
  {
    method: 'GET',
    path: METRICS_PATH,
    id: 'metrics',
    summary: "What the shim counts and measures, in Prometheus' text format 0.0.4.",
    answer: 'metrics',
  },
  {
    method: 'POST',
    path: 'settings',
    id: 'configure',
    summary: 'Changes what a running shim can change; lasts until its keeper leaves.',
    body: 'configure',
    answer: 'settings',
  },
  {
    method: 'POST',
    path: 'upgrade',
    id: 'upgrade',
    summary:
      'Puts another shimd in the place of this one, which leaves: sent again, the request is answered by the next.',
    body: 'upgrade',
    answer: 'upgrade',
  },
  { method: 'GET', path: 'containers', id: 'list', summary: 'All containers of the group.', answer: 'containers' },
  {
    method: 'GET',
    path: 'events',
    id: 'events',
    summary: 'What happened in the group, one event a line.',
    query: [
      { name: 'since', description: 'RFC 3339 or seconds since the epoch: events from then on.' },
      { name: 'after', description: 'The cursor of an event: those behind it.' },
      { name: 'follow', description: '1: goes on with what happens; with neither since nor after that alone.' },
    ],
    answer: 'event',
    lines: true,
  },
  {
    method: 'POST',
    path: 'containers',
    id: 'create',
    summary: 'Creates a container: its init waits to be started.',
    body: 'create',
    answer: 'container',
  },
  { method: 'GET', path: CONTAINER, id: 'inspect', summary: 'One container.', answer: 'container' },
  {
    method: 'DELETE',
    path: CONTAINER,
    id: 'delete',
    summary: 'Removes a container and its default logs.',
    query: [
      { name: 'requestId', required: true, description: 'Unique: a retry carries the same one.' },
      { name: 'force', description: '1: kills it first.' },
    ],
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/recover`,
    id: 'recover',
    summary: 'Looks again at a container whose records could not be read, and takes it up if they have been mended.',
    body: 'start',
    answer: 'container',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/start`,
    id: 'start',
    summary: 'Starts a created container.',
    body: 'start',
    answer: 'container',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/kill`,
    id: 'kill',
    summary: 'Sends a signal to init, or to all processes.',
    body: 'kill',
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/pause`,
    id: 'pause',
    summary: 'Freezes every process of a running container.',
    body: 'start',
    answer: 'container',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/resume`,
    id: 'resume',
    summary: 'Lets a paused container go on.',
    body: 'start',
    answer: 'container',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/resize`,
    id: 'resize',
    summary: "Sets the size of the container's terminal.",
    body: 'resize',
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/update`,
    id: 'update',
    summary: 'Changes the limits of a container.',
    body: 'update',
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/reopen-logs`,
    id: 'reopenLogs',
    summary: 'Log drivers open their files anew, between two records: for somebody who has renamed them.',
    body: 'start',
    answer: 'nothing',
  },
  {
    method: 'GET',
    path: `${CONTAINER}/processes`,
    id: 'processes',
    summary: "The container's processes.",
    answer: 'processes',
  },
  {
    method: 'GET',
    path: `${CONTAINER}/stats`,
    id: 'stats',
    summary: 'What the container uses: counters, from which a client makes rates.',
    answer: 'stats',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/stop`,
    id: 'stop',
    summary: 'Sends the stop signal, after the timeout KILL; answers when the logs are complete.',
    body: 'stop',
    answer: 'exit',
  },
  {
    method: 'GET',
    path: `${CONTAINER}/wait`,
    id: 'wait',
    summary: 'Answers when the container has ended.',
    query: [
      { name: 'until', description: 'exit: as soon as the code is known; drained (default): with complete logs.' },
    ],
    answer: 'exit',
  },
  {
    method: 'GET',
    path: `${CONTAINER}/notifications`,
    id: 'notifications',
    summary: 'Answers when the container has said something to its NOTIFY_SOCKET.',
    query: [{ name: 'cursor', description: 'Of the answer before: what comes behind it.' }],
    answer: 'notifications',
  },
  {
    method: 'GET',
    path: `${CONTAINER}/attach`,
    id: 'attach',
    summary: "The container's stdio.",
    query: ATTACH_QUERY,
    answer: 'frames',
  },
  {
    method: 'POST',
    path: `${CONTAINER}/execs`,
    id: 'createExec',
    summary: 'Makes an exec session; `start` runs it, so that a client can attach in between.',
    body: 'createExec',
    answer: 'exec',
  },
  {
    method: 'DELETE',
    path: EXEC,
    id: 'deleteExec',
    summary: 'Forgets an exec session that has ended.',
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${EXEC}/start`,
    id: 'startExec',
    summary: 'Runs the process of an exec session.',
    body: 'startExec',
    answer: 'exec',
  },
  {
    method: 'POST',
    path: `${EXEC}/kill`,
    id: 'killExec',
    summary: "Sends a signal to an exec session's process.",
    body: 'killExec',
    answer: 'nothing',
  },
  {
    method: 'POST',
    path: `${EXEC}/resize`,
    id: 'resizeExec',
    summary: "Sets the size of the session's terminal.",
    body: 'resize',
    answer: 'nothing',
  },
  {
    method: 'GET',
    path: `${EXEC}/wait`,
    id: 'waitExec',
    summary: 'Answers when the process has ended and its output is complete.',
    answer: 'exit',
  },
  {
    method: 'GET',
    path: `${EXEC}/attach`,
    id: 'attachExec',
    summary: "The process's stdio.",
    query: ATTACH_QUERY,
    answer: 'frames',
  },
];
