import type { ContainerConfig } from '../config/container-config.js';
import type { ErrorDocument } from '../plugin/shim-error.js';
import type { CountersDocument } from './counter-documents.js';
import type { ForwardedStdio } from './forward-documents.js';
import type { TerminalOptions } from './terminal-documents.js';
import type { UnitOptions } from './unit-documents.js';

export type * from './counter-documents.js';
export type * from './forward-documents.js';
export type * from './running-documents.js';
export type * from './settings-documents.js';
export type * from './terminal-documents.js';
export type * from './unit-documents.js';
export type * from './upgrade-documents.js';

/** Names one container: ids are unique in a namespace. */
export interface ContainerRef {
  readonly namespace: string;
  readonly id: string;
}

/** Names one exec session. */
export interface ExecRef extends ContainerRef {
  readonly execId: string;
}

/**
 * `creating`: intent recorded, the runtime is at work. `created`: init waits to be started. `stopped`: init has ended.
 * `unknown`: its state files can't be read.
 */
export type ContainerStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped' | 'unknown';

/** How a process ended. */
export interface ExitDocument {
  /** 0 to 255; 128 + n for signal n; null if nobody can know (the keeper died too, on a kernel before 6.15). */
  readonly exitCode: number | null;
  /** `SIGKILL`, …; null if no signal ended it. */
  readonly signal: string | null;
  /** RFC 3339, UTC. */
  readonly exitedAt: string;
  /** True if the shim killed it because its time (exec --timeout) was up. */
  readonly timedOut?: boolean;
}

/** Log records that did not reach their driver, with why. */
export interface LostDocument {
  readonly records: number;
  readonly bytes: number;
  readonly byDriver: Readonly<Record<string, LostByDriver>>;
}

/** What one driver did not get. */
export interface LostByDriver {
  readonly records: number;
  readonly bytes: number;
  /** Of the last loss. */
  readonly reason: string;
  /** The same by stream and reason; left out by earlier versions. */
  readonly causes?: readonly LossCause[];
}

/** Records of one stream that were lost for one reason. */
export interface LossCause {
  /** Null if it is not known. */
  readonly stream: 'stdout' | 'stderr' | null;
  readonly reason: string;
  readonly records: number;
  readonly bytes: number;
}

/** A container as `inspect` shows it. Times are RFC 3339, UTC. */
export interface ContainerDocument extends ContainerRef {
  /** Tells two containers apart that had the same id one after the other. */
  readonly instance: string;
  readonly status: ContainerStatus;
  /** 0 before it is created and once it has stopped. */
  readonly pid: number;
  /** Empty if its state does not tell. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly exitedAt: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly bundle: string;
  readonly runtime: {
    readonly name: string;
    readonly plugin: string;
    readonly version: string;
    /** Of the plugin's module; null if it is built in. */
    readonly path: string | null;
  };
  readonly logs: readonly {
    readonly driver: string;
    readonly version: string;
    readonly path: string | null;
    readonly options: Readonly<Record<string, unknown>>;
  }[];
  readonly logDirectory: string;
  readonly shim: {
    /** 0 if nobody serves the container. */
    readonly pid: number;
    readonly keeperPid: number;
    /** Empty if its state does not tell. */
    readonly group: string;
    /** Path of the control API's socket; left out where there is none. */
    readonly socket?: string;
  };
  readonly lost: LostDocument;
  /** Left out by earlier versions, and where no shim serves the container. */
  readonly counters?: CountersDocument;
  readonly annotations: Readonly<Record<string, string>>;
  /** The starter's own (`--label`), for filters and log drivers; unlike annotations the runtime never sees them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly autoRemove: boolean;
  /** Its stdio is a terminal. */
  readonly terminal: boolean;
  readonly execs: readonly string[];
  /** True if the kernel has killed any process of the container for want of memory; it need not have been init. */
  readonly oomKilled: boolean;
  /** How many. */
  readonly oomKills: number;
  /** Why the status is `unknown`, or what went wrong with its logs. */
  readonly error: ErrorDocument | null;
}

/** Body of `POST /v1/containers`. Paths are absolute. */
export interface CreateContainerRequest extends ContainerRef, UnitOptions, TerminalOptions {
  /** Chosen by the caller, unique: the same id again gets the first one's answer and runs nothing twice. */
  readonly requestId: string;
  readonly bundle: string;
  readonly config: ContainerConfig;
  /** True: a FIFO that `attach` writes to and closes. False: /dev/null. A terminal can always be typed at. */
  readonly stdin: boolean;
  /** Deletes the container once it has stopped and its logs are drained. */
  readonly autoRemove: boolean;
  /** The starter's pid file: the pid of init, in decimal, written at create. */
  readonly pidFile?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Its stdio goes to the starter's own FIFOs too. `attach` then needs a log driver. With a stdin of its own there is one, whatever `stdin` says. */
  readonly forward?: ForwardedStdio;
}

/** Body of `POST …/exec`: makes the session and its stdio; `start` runs it, so that a client can attach in between. */
export interface CreateExecRequest extends Pick<TerminalOptions, 'terminalSize'> {
  readonly requestId: string;
  readonly execId: string;
  /** An OCI `process` object; with `terminal: true` it gets one. */
  readonly process: Readonly<Record<string, unknown>>;
  readonly stdin: boolean;
  /** Milliseconds after which the process gets SIGKILL. */
  readonly timeoutMs?: number;
  /** Removes the session once it has ended and its output is drained and it had no client. */
  readonly detached: boolean;
  /** The pid of the process, in decimal, is written here as it starts. Absolute. */
  readonly pidFile?: string;
  /**
   * Keeps the session until somebody deletes it, or the container. Else it goes a minute after it has ended, or half a minute after it
   * was made if nobody starts it or is attached to it.
   */
  readonly retained?: boolean;
  /** As of {@link CreateContainerRequest}; nobody can attach to it. */
  readonly forward?: ForwardedStdio;
}

/** Body of `POST …/execs/EID/start`. */
export interface StartExecRequest {
  readonly requestId: string;
  /** As of {@link CreateContainerRequest}. */
  readonly preserveFds?: readonly number[];
}

/** An exec session. */
export interface ExecDocument extends ExecRef {
  readonly status: 'created' | 'running' | 'stopped';
  readonly pid: number;
  readonly exit: ExitDocument | null;
}

/** Answer of `GET /v1/version`. */
export interface VersionDocument {
  readonly version: string;
  readonly api: 1;
  readonly shim: { readonly pid: number; readonly keeperPid: number; readonly group: string };
  /** How often the keeper had to start shimd again; left out by versions that do not tell. */
  readonly restarts?: number;
  /** In how many of these another shimd took over, by an upgrade; left out by versions that know none. */
  readonly replacements?: number;
}

/** What an {@link EventDocument} tells of. */
export type EventType =
  | 'create'
  | 'start'
  | 'pause'
  | 'resume'
  | 'update'
  | 'kill'
  | 'stop'
  | 'oom'
  | 'exit'
  | 'drained'
  | 'delete'
  | 'exec-create'
  | 'exec-start'
  | 'exec-exit'
  | 'recovered'
  | 'shim-start'
  | 'log-lost'
  | 'log-reopen';

/**
 * Something that happened in a group; one line of NDJSON of `GET /v1/events` and of `shimctl --json events`.
 *
 * Attributes: `create`, `start`, `exit`, `delete`, `exec-start` and `exec-exit` have the pid, `exit` exitCode and signal (null as in {@link ExitDocument}),
 * `delete` exitCode and exitedAt (null if it has not ended), `kill` signal and all, `exec-…` execId, `exec-exit` exitCode and signal too, `log-lost` records, bytes and drivers (all that was lost so far), `shim-start` pid,
 * version and restarts. What happened before the event above it (a shimd learned late of an exit, the clock was set back) has that one's
 * time, and its own as `occurredAt`.
 */
export interface EventDocument {
  /** Greater than that of every earlier event of the group; `after=CURSOR` goes on behind it. */
  readonly cursor: number;
  /** When it happened, RFC 3339, UTC; not before the time of the event above it in the file. */
  readonly time: string;
  readonly type: EventType;
  /** `namespace`, `id` and `instance` are empty for `shim-start`. */
  readonly namespace: string;
  readonly id: string;
  readonly instance: string;
  readonly group: string;
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>;
}

/** Which events to answer with. */
export interface EventQuery {
  /** RFC 3339 or seconds since the epoch: those from then on. */
  readonly since?: string;
  /** Those behind this one, by {@link EventDocument.cursor}. */
  readonly after?: number;
  /** Goes on with what happens from now on; with neither `since` nor `after` that alone. */
  readonly follow?: boolean;
}
