import type { ContainerDocument, ContainerRef, CreateContainerRequest, ExecRef, Handed } from '../api/documents.js';
import type { GivenContainer } from '../bundle/given-bundle.js';
import type { ShimService } from '../api/shim-service.js';
import type { ConfigSources } from '../config/layers.js';
import type { LoadedConfig } from '../config/loaded-config.js';
import type { Keeper } from '../keeper/keeper.js';
import type { LaunchHandler } from '../launch/launch.js';
import type { StandingLaunchHandler } from '../launch/standing-launch.js';
import type { CommandRunner } from '../plugin/command-runner.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { StateLayout } from '../state/layout.js';
import type { GivenStdio } from '../stdio/given-io.js';
import type { ProcessHandle } from './process-handle.js';

/** As of {@link FrontEndHost.create}. */
export interface FrontEndMaking extends Handed {
  readonly given?: GivenContainer;
  /** The process gets these, which stay the front end's. Without a terminal alone. */
  readonly stdio?: GivenStdio;
  readonly prepare?: (container: ProcessHandle) => Promise<void>;
}

/** What a front end gets of the shimd that it lives in. */
export interface FrontEndHost {
  /** The calls of the HTTP API, in process. */
  readonly service: ShimService;
  /**
   * As {@link ShimService.create}; `given`: the bundle goes to the runtime as it is. `prepare` is called when the stdio is made and nothing runs yet;
   * the create fails if it rejects.
   */
  create(request: CreateContainerRequest, making: FrontEndMaking): Promise<ContainerDocument>;
  /** A container's init, or an exec session. Throws SHIM_CONTAINER_NOT_FOUND or SHIM_EXEC_NOT_FOUND. */
  process(ref: ContainerRef | ExecRef): ProcessHandle;
  /** Exec sessions of a container. Throws SHIM_CONTAINER_NOT_FOUND. */
  execIds(ref: ContainerRef): readonly string[];
  /** Reads a config, with the built-in plugins. Rejects as `loadConfig` of the core does. */
  loadConfig(sources: ConfigSources): Promise<LoadedConfig>;
  /** What is held under keys that begin with `front-end/NAME/` is the front end's. */
  readonly keeper: Keeper;
  /** Keys of what the keeper held when this shimd came. */
  readonly held: ReadonlySet<string>;
  /** Runs programs as children of the keeper. */
  readonly commands: CommandRunner;
  readonly layout: StateLayout;
  readonly group: string;
  /** Of holdfast. */
  readonly version: string;
  readonly logger: PluginLogger;
  /** Has `handle` serve what a launcher sends for the front end's name. */
  onLaunch(handle: LaunchHandler): void;
  /** The same for launchers that stand for what they are called for. One of both. */
  onStandingLaunch(handle: StandingLaunchHandler): void;
  /** To be called when {@link FrontEndSession.busy} may have changed. */
  changed(): void;
}

/** A front end that serves. */
export interface FrontEndSession {
  /** shimd stays while it is true: calls without an answer, events that nobody has taken yet. */
  readonly busy: boolean;
  /** shimd leaves, for good or for another: nothing new is begun. Resolves when what must be told is told, or can be told by the next. */
  leave(reason: 'idle' | 'upgrade'): Promise<void>;
}

/** What stands beside the HTTP API: containerd's shim, conmon. `export default` of the module that shimd's `--front-end` names. */
export interface FrontEnd {
  readonly name: string;
  readonly apiVersion: 1;
  /** Called once, after the containers of an earlier shimd were recovered and before shimd says that it serves. */
  serve(host: FrontEndHost): Promise<FrontEndSession>;
}
