/** A plugin as a request and the state files name it: found, read and checked; only `create` is left to do. */
export interface ResolvedPlugin {
  /** The definition's short name. */
  readonly plugin: string;
  /** Absolute path of the module that default-exports it; null for a built-in. */
  readonly path: string | null;
  /** Version of the package that holds it; holdfast's own for a built-in. */
  readonly version: string;
  /** Valid for the plugin's schema, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** JSON pointers to the options that are secret, which `inspect` does not show. */
  readonly secrets?: readonly string[];
}

/** The container part of a config: resolved by the front end, checked by shimd, stored with the container. */
export interface ContainerConfig {
  /** `name` is the key under "runtimes". */
  readonly runtime: ResolvedPlugin & { readonly name: string };
  /** Log drivers in order; `logs` reads back through the first that can. */
  readonly logs: readonly ResolvedPlugin[];
  /** Default directory for log files; absolute. */
  readonly logDirectory: string;
  readonly limits: ContainerLimits;
}

/** Milliseconds throughout. */
export interface ContainerLimits {
  /** Longest run of one runtime command. */
  readonly runtimeTimeoutMs: number;
  /** Longest wait for the end of stdout and stderr once init has exited. */
  readonly drainTimeoutMs: number;
  /** From TERM to KILL in `stop`. */
  readonly stopTimeoutMs: number;
  /** Longest wait for one write, flush or close of a log driver; what it did not take by then is counted as lost. */
  readonly logTimeoutMs: number;
}
