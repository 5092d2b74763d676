import type { Readable, Writable } from 'node:stream';
import type { LogDriver, PluginKind } from '@holdfast/core/plugin';
import type { ConfigPlace, ConfiguredPlugin, ConfiguredRuntime, Override } from '@holdfast/core/config';
import type {
  AttachedWindow,
  ContainerConfig,
  ContainerDocument,
  ContainerRef,
  EventDocument,
  ExecRef,
  ExitDocument,
  LocatedContainer,
  MetricsReport,
  RecoverOptions,
  RecoverReport,
  ShimService,
  StreamEventsOptions,
  UpgradedGroup,
  UpgradeOptions,
} from '@holdfast/core/client';
import type { DoctorSystem } from './doctor/system.js';

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
  /** Where there are mistakes, plugins and their options are looked at too, for the same error. */
  readonly thorough?: boolean;
}

/** One value of the effective config. */
export interface ConfigSetting {
  /** `logs[0].options.maxSize` */
  readonly path: string;
  readonly value: unknown;
  /** `default`, `flag --root`, `env HOLDFAST_ROOT`, `FILE:LINE`. */
  readonly origin: string;
}

/** The effective config. */
export interface CliConfig {
  readonly root: string;
  readonly namespace: string;
  readonly group: string;
  readonly detachKeys: string;
  readonly shim: { readonly logLevel: string; readonly idleTimeoutMs: number };
  /** Every value, defaults filled in. Not to be shown: secrets are among them. */
  readonly settings: readonly ConfigSetting[];
  /** The same to be shown, secrets hidden. */
  shownSettings(): Promise<readonly ConfigSetting[]>;
  /** The files that were read, weakest first. */
  readonly files: readonly string[];
  /** Settings that two sources give different values. */
  readonly overrides: readonly Override[];
  /** What went wrong without harm so far. */
  readonly warnings: readonly string[];
  /** Parent of the default logs. */
  readonly logRoot: string;
  /** Log drivers as the config names them. Options may hold secrets. */
  readonly logs: readonly { readonly driver: string; readonly options?: Readonly<Record<string, unknown>> }[];
  /** The chosen runtime, then the others of the config; what is wrong with one stands in its place. */
  runtimes(): Promise<readonly ConfiguredRuntime[]>;
  /** Every plugin, built in or named by the config; one that can't be loaded with its error. */
  plugins(): Promise<readonly ConfiguredPlugin[]>;
  /** Loads the plugins named and checks their options. */
  container(ref: ContainerRef): Promise<ContainerConfig>;
  /** Loads and checks every plugin that the config names, and makes each once. */
  validate(): Promise<void>;
  /** The config's schema with the schemas of all plugins, built in and configured, in their places. */
  schema(): Promise<object>;
}

/** What {@link CliShims.attach} connects. */
export interface AttachRequest {
  /** Left out: nothing is sent to stdin. */
  readonly stdin?: Readable | undefined;
  /** The end of stdin is not the end of the process's. */
  readonly leaveStdinOpen?: boolean;
  readonly window?: AttachedWindow | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** True for the client that started the process: output waits for it. */
  readonly primary: boolean;
  /** As the core's `AttachOptions.onCut`. */
  readonly onCut?: ((until: bigint) => Promise<void>) | undefined;
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
  /** The service of a group that runs; its calls reject with SHIM_NOT_RUNNING if it does not. */
  forRunning(group: string): Promise<ShimService>;
  /** The service that a container belongs to. Rejects with SHIM_CONTAINER_NOT_FOUND. */
  forContainer(ref: ContainerRef): Promise<ShimService>;
  /** Containers of all groups of a namespace, or of all if it is left out. */
  list(namespace?: string): Promise<ContainerDocument[]>;
  /** Resolves once connected: what the process writes from then on arrives. */
  attach(ref: ContainerRef | ExecRef, request: AttachRequest): Promise<Attachment>;
  /** Brings the shims of containers back, and clears away what is nobody's. */
  recover(options: RecoverOptions): Promise<RecoverReport>;
  /** What the shims of these groups count, or of all; starts none. */
  metrics(groups?: readonly string[]): Promise<MetricsReport>;
  /** Replaces the shims of groups that run by that of this installation. */
  upgrade(options: UpgradeOptions): Promise<UpgradedGroup[]>;
  /** Closes idle connections. */
  close(): void;
}

/** What commands need from the rest of holdfast; each part is loaded when it is first asked for. */
export interface CliServices {
  readonly version: string;
  loadConfig(request: ConfigRequest, onRefused?: (warnings: readonly string[]) => void): Promise<CliConfig>;
  /** Where a config is looked for, weakest first; works for one that can't be loaded. */
  configPlaces(request: ConfigRequest): Promise<readonly ConfigPlace[]>;
  /** The config's schema with the built-in plugins, whatever the config. */
  builtInSchema(): Promise<object>;
  openShims(config: CliConfig): Promise<CliShims>;
  /** Containers below a root, of one namespace or of all, as their directories tell: nothing is started for it. */
  locate(root: string, namespace?: string): Promise<readonly LocatedContainer[]>;
  /** What happens below a root, read from its files. */
  streamEvents(root: string, options: StreamEventsOptions): AsyncIterable<EventDocument>;
  /** Short names of the plugins that come with holdfast. */
  builtInNames(kind: PluginKind): Promise<readonly string[]>;
  /** The machine, as `doctor` looks at it. */
  examine(): Promise<DoctorSystem>;
  /** A driver that reads the container's log back; undefined if none of its drivers can. Secrets that it needs are those of the config. */
  openLogReader(document: ContainerDocument, config: CliConfig): Promise<LogDriver | undefined>;
}
