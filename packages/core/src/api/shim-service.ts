import type {
  ContainerDocument,
  ContainerRef,
  CreateContainerRequest,
  CreateExecRequest,
  EventDocument,
  EventQuery,
  ExecDocument,
  ExecRef,
  ExitDocument,
  Handed,
  NotificationsDocument,
  ProcessDocument,
  ResizeRequest,
  SettingsDocument,
  ShimSettings,
  StartExecRequest,
  StatsDocument,
  UpdateRequest,
  UpgradeDocument,
  UpgradeRequest,
  VersionDocument,
} from './documents.js';

/** What `stop` and `kill` may be told. `requestId` as in {@link CreateContainerRequest}. */
export interface KillRequest {
  readonly requestId: string;
  /** A number from 1 to 64. */
  readonly signal: number;
  readonly all: boolean;
}

/**
 * What a shim does, the same for the HTTP client and for front ends that live in shimd.
 * Every method rejects with a coded error.
 */
export interface ShimService {
  version(): Promise<VersionDocument>;
  /** What it counts and measures, in Prometheus' text format 0.0.4. */
  metrics(): Promise<string>;
  /** Changes the settings of a shim that runs; a shimd that is started again keeps them. */
  configure(settings: ShimSettings): Promise<SettingsDocument>;
  /** Puts another shimd in the place of the one that serves. Rejects with SHIM_UPGRADE_FAILED if that one serves again. */
  upgrade(request: UpgradeRequest): Promise<UpgradeDocument>;
  list(): Promise<ContainerDocument[]>;
  inspect(ref: ContainerRef): Promise<ContainerDocument>;
  /** Looks again at a container whose records could not be read, and takes it up if they have been mended. */
  recover(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument>;
  create(request: CreateContainerRequest, handed?: Handed): Promise<ContainerDocument>;
  start(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument>;
  kill(ref: ContainerRef, request: KillRequest): Promise<void>;
  /** Freezes every process. What is said to it meanwhile waits, but for the signal KILL. */
  pause(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument>;
  resume(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument>;
  update(ref: ContainerRef, request: UpdateRequest): Promise<void>;
  /** Its log drivers open their files anew, between two records: for somebody who has renamed them. */
  reopenLogs(ref: ContainerRef, request: { readonly requestId: string }): Promise<void>;
  /** Its processes, those of exec sessions too. */
  /** Rejects with SHIM_ILLEGAL_STATE if there is no terminal. */
  resize(ref: ContainerRef, request: ResizeRequest): Promise<void>;
  processes(ref: ContainerRef): Promise<ProcessDocument[]>;
  stats(ref: ContainerRef): Promise<StatsDocument>;
  /** Sends the spec's stop signal or TERM, after `timeoutMs` KILL, and resolves when the container is drained. */
  stop(ref: ContainerRef, request: { readonly requestId: string; readonly timeoutMs?: number }): Promise<ExitDocument>;
  /** `exit`: as soon as the code is known. `drained`: once its logs are complete as well. */
  wait(ref: ContainerRef, until: 'exit' | 'drained', signal?: AbortSignal): Promise<ExitDocument>;
  delete(ref: ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void>;
  createExec(ref: ContainerRef, request: CreateExecRequest): Promise<ExecDocument>;
  startExec(ref: ExecRef, request: StartExecRequest, handed?: Handed): Promise<ExecDocument>;
  killExec(ref: ExecRef, request: { readonly requestId: string; readonly signal: number }): Promise<void>;
  resizeExec(ref: ExecRef, request: ResizeRequest): Promise<void>;
  waitExec(ref: ExecRef, signal?: AbortSignal): Promise<ExitDocument>;
  deleteExec(ref: ExecRef): Promise<void>;
  /** Waits for what a container says to its NOTIFY_SOCKET behind `cursor`; an empty one stands for the beginning. */
  notifications(ref: ContainerRef, cursor: string, signal?: AbortSignal): Promise<NotificationsDocument>;
  /** What happened in the group; with `follow` it goes on until `signal` aborts or the shim leaves. */
  events(query: EventQuery, signal?: AbortSignal): AsyncIterable<EventDocument>;
}
