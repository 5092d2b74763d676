import type { ChildStdio } from './child-stdio.js';

/** Request of {@link Runtime.create}. Every path is absolute and chosen by the host. */
export interface CreateRequest {
  readonly id: string;
  readonly bundle: string;
  /** The runtime writes the pid of the container's init here, in decimal. */
  readonly pidFile: string;
  /** A Unix socket on which the runtime sends the pty master; only with `terminal: true` in the spec. */
  readonly consoleSocket?: string;
}

/** Request of {@link Runtime.exec}. */
export interface ExecProcessRequest {
  readonly execId: string;
  /** A file holding an OCI `process` object. */
  readonly processFile: string;
  readonly pidFile: string;
  readonly consoleSocket?: string;
}

/** The `state` document of the OCI runtime specification, as far as holdfast reads it. */
export interface OciState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: 'creating' | 'created' | 'running' | 'paused' | 'stopped';
  /** 0 once the process has ended. */
  readonly pid: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a runtime binary says of itself. */
export interface RuntimeFeatures {
  /** First line of `--version`, such as `runc version 1.1.5`. */
  readonly version: string;
  readonly binary: string;
}

/**
 * Drives one OCI runtime binary. Owns no I/O: the host makes the stdio, waits for the processes and keeps the state.
 *
 * Every method rejects with a coded error (`SHIM_RUNTIME_…`, `SHIM_CONTAINER_NOT_FOUND`, `SHIM_ILLEGAL_STATE`,
 * `SHIM_COMMAND_…`, …). An absent method means that the runtime does not support the operation.
 */
export interface Runtime {
  readonly name: string;
  /** `create` and `exec` let the process keep {@link ChildStdio.descriptors}. Absent: it never gets any. */
  readonly passesDescriptors?: true;
  features(signal?: AbortSignal): Promise<RuntimeFeatures>;
  /** Creates the container, its init blocked before the user's program. Resolves once the runtime binary has exited. */
  create(request: CreateRequest, io: ChildStdio, signal?: AbortSignal): Promise<{ pid: number }>;
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Starts a process in a running container, detached. Resolves once the runtime binary has exited. */
  exec(id: string, request: ExecProcessRequest, io: ChildStdio, signal?: AbortSignal): Promise<{ pid: number }>;
  /** Sends `signal`, a number, to init, or with `all` to every process of the container. */
  kill(id: string, signal: number, options?: { readonly all?: boolean }): Promise<void>;
  /** Removes what the runtime keeps of the container. With `force`, kills it first, and an unknown id is no error. */
  delete(id: string, options?: { readonly force?: boolean }): Promise<void>;
  state(id: string): Promise<OciState>;
  pause?(id: string): Promise<void>;
  resume?(id: string): Promise<void>;
  /** `resources` is the spec's `linux.resources`. */
  update?(id: string, resources: Readonly<Record<string, unknown>>): Promise<void>;
  /** Host pids of the container's processes. */
  ps?(id: string): Promise<number[]>;
}
