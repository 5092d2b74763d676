import type {
  ContainerRef,
  ExitDocument,
  ForwardedStdio,
  LostDocument,
  TerminalSize,
  UnitOptions,
} from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import type { ContainerConfig } from '../config/container-config.js';
import type { ToldRecord } from '../logging/loss-ledger.js';

/** Version of the records. New code reads old records; old code refuses new ones. */
export const STATE_SCHEMA = 1;

/** `request.json`: what was asked for. Written once, before anything is done. */
export interface RequestRecord extends ContainerRef, Pick<UnitOptions, 'listenFds' | 'notify'> {
  readonly schema: number;
  readonly instance: string;
  readonly group: string;
  readonly requestId: string;
  readonly bootId: string;
  readonly createdAt: string;
  readonly bundle: string;
  /** The bundle given to the runtime: `bundle`, or one that the shim derived from it. */
  readonly runtimeBundle: string;
  readonly config: ContainerConfig;
  readonly stdin: boolean;
  /** Left out by versions before terminals. */
  readonly terminal?: boolean;
  readonly terminalSize?: TerminalSize;
  readonly forward?: ForwardedStdio;
  /** Its stdio is somebody else's. */
  readonly givenStdio?: true;
  readonly autoRemove: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** Left out by versions before labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Number of the signal that `stop` sends first. */
  readonly stopSignal: number;
  /** False: processes of the container can outlive its init (no pid namespace of its own). */
  readonly ownPidNamespace: boolean;
  /** The container's cgroup below that of its starter's unit, if it is there. */
  readonly unitCgroup?: string;
}

/** `runtime.json`: how far it got. `creating`, `starting`, `pausing`, `resuming` and `deleting` are intents, written before the deed. */
export interface RuntimeRecord {
  readonly schema: number;
  readonly phase: 'creating' | 'created' | 'starting' | 'running' | 'pausing' | 'paused' | 'resuming' | 'deleting';
  /** 0 while creating. */
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, decimal; `0` if not known. */
  readonly startTime: string;
  readonly startedAt: string | null;
  /** When the start was begun; left out by versions before. */
  readonly startingAt?: string;
  readonly stdinClosed: boolean;
  /** A foreground client waits for the output: after a restart of shimd it is given time to come back. */
  readonly primaryAttached: boolean;
  /** How many clients are attached, for the same purpose. Left out by versions before `attach`. */
  readonly attached?: number;
  /** Newest last; a call whose id stands here has been begun. */
  readonly requests: readonly string[];
  readonly lost: LostDocument;
  /** How much of it stands in the logs themselves. Left out by versions before gap records. */
  readonly told?: ToldRecord;
  /** How often in a row shimd came up with this container and died soon after; counted for third parties' log drivers. */
  readonly crashes?: number;
  /** While a create opens a third party's log driver: which of `logs`. A shimd that finds it here knows what the one before died in. */
  readonly opening?: number | undefined;
  /** Where init was when it was created; left out if that could not be read. */
  readonly cgroups?: ContainerCgroups;
  /** OOM kills that the cgroup had counted before the container was in it. */
  readonly oomBase?: number;
  /** OOM kills of the container's processes. */
  readonly oomKills?: number;
  /** A stop whose signal has been sent: a shimd that takes over goes on with it. */
  readonly stop?: StopRecord;
  /** SIGKILL is being sent to it while it is paused; then it is thawed. A shimd that takes over does both. */
  readonly killing?: { readonly all: boolean } | undefined;
  /** It has said READY=1 to its NOTIFY_SOCKET. */
  readonly notified?: boolean;
}

/** How far a stop got. */
export interface StopRecord {
  readonly requestId: string;
  /** Milliseconds since the epoch at which SIGKILL is sent. */
  readonly deadline: number;
  /** What was asked for, milliseconds. */
  readonly timeoutMs: number;
}

/** `exit.json`: how init ended. */
export interface ExitRecord extends ExitDocument {
  readonly schema: number;
  /** True once stdout and stderr are drained and the drivers flushed. */
  readonly drained: boolean;
}

/** `exec/EID/request.json`. */
export interface ExecRequestRecord {
  readonly schema: number;
  readonly execId: string;
  readonly requestId: string;
  readonly createdAt: string;
  readonly stdin: boolean;
  readonly detached: boolean;
  /** Left out by versions before terminals. */
  readonly terminal?: boolean;
  readonly terminalSize?: TerminalSize;
  readonly forward?: ForwardedStdio;
  readonly timeoutMs: number | null;
  /** The starter's. */
  readonly pidFile?: string;
  /** Kept until somebody deletes it. */
  readonly retained?: true;
}

/** `exec/EID/runtime.json`. */
export interface ExecRuntimeRecord {
  readonly schema: number;
  readonly phase: 'created' | 'starting' | 'running';
  readonly pid: number;
  readonly startTime: string;
  /** Milliseconds since the epoch at which the process is killed; null for never. */
  readonly deadline: number | null;
  readonly stdinClosed: boolean;
  readonly timedOut: boolean;
}

export const NOTHING_LOST: LostDocument = { records: 0, bytes: 0, byDriver: {} };
