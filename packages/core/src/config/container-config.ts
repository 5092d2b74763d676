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

/** What waits for a log driver. */
export interface QueueSettings {
  readonly mode: 'block' | 'drop-oldest' | 'drop-newest';
  /** In memory. */
  readonly bytes: number;
  /** Longest wait of the container for room, in `block`. */
  readonly blockTimeoutMs: number;
  /** On disk; 0: none. */
  readonly spillBytes: number;
}

/** Of a driver whose queue the config does not mention. */
export const DEFAULT_QUEUE: QueueSettings = { mode: 'block', bytes: 1_000_000, blockTimeoutMs: 5_000, spillBytes: 0 };

/** Where a log driver runs: in shimd, in a worker thread, or in a process of its own. */
export type Isolation = 'none' | 'thread' | 'process';

/** A log driver as a request and the state files name it. */
export interface ResolvedLog extends ResolvedPlugin {
  /** What the config says; left out: it says nothing, and a driver that is alone needs no queue, since the pipe is one. */
  readonly queue?: QueueSettings;
  /** Left out: `none`. */
  readonly isolate?: Isolation;
}

/** What a container may print in a second, both streams together; 0: any number. */
export interface RateLimit {
  readonly bytes: number;
  readonly lines: number;
  /** It may print at once what it left out in so much time. */
  readonly burstMs: number;
  readonly policy: 'block' | 'drop';
}

/** How a container's output is read. */
export interface OutputSettings {
  /** Bytes; a longer line is cut into partial records. */
  readonly maxRecord: number;
  /** How long the beginning of a line waits for its end. */
  readonly partialDelayMs: number;
  /** Left out: it may print as much as it likes. */
  readonly rateLimit?: RateLimit;
}

/** Of a container of an earlier version. */
export const DEFAULT_OUTPUT: OutputSettings = { maxRecord: 16_384, partialDelayMs: 250 };

/** The container part of a config: resolved by the front end, checked by shimd, stored with the container. */
export interface ContainerConfig {
  /** `name` is the key under "runtimes". */
  readonly runtime: ResolvedPlugin & { readonly name: string };
  /** Log drivers in order; `logs` reads back through the first that can. */
  readonly logs: readonly ResolvedLog[];
  /** Default directory for log files; absolute. */
  readonly logDirectory: string;
  readonly limits: ContainerLimits;
  /** Left out by earlier versions: {@link DEFAULT_OUTPUT}. */
  readonly output?: OutputSettings;
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
