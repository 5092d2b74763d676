import type {
  ContainerDocument,
  ContainerRef,
  CreateContainerRequest,
  CreateExecRequest,
  ExecDocument,
  ExecRef,
  ExitDocument,
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
  list(): Promise<ContainerDocument[]>;
  inspect(ref: ContainerRef): Promise<ContainerDocument>;
  create(request: CreateContainerRequest): Promise<ContainerDocument>;
  start(ref: ContainerRef, request: { readonly requestId: string }): Promise<ContainerDocument>;
  kill(ref: ContainerRef, request: KillRequest): Promise<void>;
  /** Sends the spec's stop signal or TERM, after `timeoutMs` KILL, and resolves when the container is drained. */
  stop(ref: ContainerRef, request: { readonly requestId: string; readonly timeoutMs?: number }): Promise<ExitDocument>;
  /** `exit`: as soon as the code is known. `drained`: once its logs are complete as well. */
  wait(ref: ContainerRef, until: 'exit' | 'drained', signal?: AbortSignal): Promise<ExitDocument>;
  delete(ref: ContainerRef, request: { readonly requestId: string; readonly force: boolean }): Promise<void>;
  createExec(ref: ContainerRef, request: CreateExecRequest): Promise<ExecDocument>;
  startExec(ref: ExecRef, request: { readonly requestId: string }): Promise<ExecDocument>;
  killExec(ref: ExecRef, request: { readonly requestId: string; readonly signal: number }): Promise<void>;
  waitExec(ref: ExecRef, signal?: AbortSignal): Promise<ExitDocument>;
  deleteExec(ref: ExecRef): Promise<void>;
}
