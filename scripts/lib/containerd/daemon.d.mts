export interface DaemonOptions {
  /** Exists, and belongs to this containerd alone. */
  readonly directory: string;
  /** For it and its shims. */
  readonly env?: Readonly<Record<string, string>>;
  readonly logLevel?: string;
  /** A directory in which shims are looked for first. */
  readonly shims?: string | undefined;
  /** The CRI plugin is on, with these runtimes by the name of their handlers. The first is the default. */
  readonly cri?: { readonly handlers: Readonly<Record<string, string>> } | undefined;
  /** What the file system allows if left out. */
  readonly snapshotter?: string;
}

export class ContainerdDaemon {
  readonly directory: string;
  /** Of its socket. */
  readonly address: string;
  readonly logFile: string;
  /** TMPDIR of it and its clients. */
  readonly temporary: string;
  readonly snapshotter: string;
  readonly pid: number | undefined;
  readonly clientEnvironment: Readonly<Record<string, string>>;
  constructor(options: DaemonOptions);
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  complaints(count?: number): string[];
}
