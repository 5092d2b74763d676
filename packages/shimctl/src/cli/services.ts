import type { Readable, Writable } from 'node:stream';
import type { LogDriver } from '@holdfast/core/plugin';
import type {
  ContainerConfig,
  ContainerDocument,
  ContainerRef,
  ExecRef,
  ExitDocument,
  ShimService,
} from '@holdfast/core/client';

/** What the command line says about the config. */
export interface ConfigRequest {
  readonly file?: string;
  readonly root?: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly runtime?: string;
  readonly logLevel?: string;
  /** Each as written: `DRIVER[,key=value…]`. */
  readonly logs?: readonly string[];
  readonly cwd: string;
}

/** One value of the effective config. */
export interface ConfigSetting {
  /** `logs[0].options.maxSize` */
  readonly path: string;
  readonly value: unknown;
  /** `default`, `flag --root`, `FILE:LINE`. */
  readonly origin: string;
}

/** The effective config. */
export interface CliConfig {
  readonly root: string;
  readonly namespace: string;
  readonly group: string;
  readonly shim: { readonly logLevel: string; readonly idleTimeoutMs: number };
  /** Every value, defaults filled in. */
  readonly settings: readonly ConfigSetting[];
  /** What went wrong without harm so far. */
  readonly warnings: readonly string[];
  /** Loads the plugins named and checks their options. */
  container(ref: ContainerRef): Promise<ContainerConfig>;
  /** Loads and checks every plugin that the config names. */
  validate(): Promise<void>;
  /** The config's schema with the schemas of all plugins, built in and configured, in their places. */
  schema(): Promise<object>;
}

/** What {@link CliShims.attach} connects. */
export interface AttachRequest {
  /** Left out: nothing is sent to stdin. */
  readonly stdin?: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** True for the client that started the process: output waits for it. */
  readonly primary: boolean;
  /** Called with the number of bytes that this client missed. */
  onGap(bytes: number): void;
  onReconnect(): void;
}

/** A connection to a process's stdio. */
export interface Attachment {
  /** Resolves once all output has been written and the process is drained. */
  readonly exit: Promise<ExitDocument>;
  /** Lets go of the process and of the streams; the process runs on. */
  detach(): void;
}

/** The shims below one root. */
export interface CliShims {
  /** The service of a group, started if need be. */
  forGroup(group: string): Promise<ShimService>;
  /** The service that a container belongs to. Rejects with SHIM_CONTAINER_NOT_FOUND. */
  forContainer(ref: ContainerRef): Promise<ShimService>;
  /** Containers of all groups of a namespace. */
  list(namespace: string): Promise<ContainerDocument[]>;
  /** Resolves once connected: what the process writes from then on arrives. */
  attach(ref: ContainerRef | ExecRef, request: AttachRequest): Promise<Attachment>;
  /** Closes idle connections. */
  close(): void;
}

/** What commands need from the rest of holdfast; each part is loaded when it is first asked for. */
export interface CliServices {
  readonly version: string;
  loadConfig(request: ConfigRequest): Promise<CliConfig>;
  openShims(config: CliConfig): Promise<CliShims>;
  /** A driver that reads the container's log back; undefined if none of its drivers can. */
  openLogReader(document: ContainerDocument): Promise<LogDriver | undefined>;
}
