/** A process the keeper knows. `startTime` is field 22 of /proc/PID/stat; pid and start time together are unique in a boot. */
export interface KeeperProcess {
  readonly pid: number;
  readonly startTime: bigint;
}

/** A program for the keeper to start. */
export interface SpawnRequest {
  /** Found again after a restart of shimd. */
  readonly tag: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The child's descriptors: index is the number in the child. The caller keeps its own. */
  readonly stdio: readonly number[];
}

/** The end of a child of the keeper, spawned or adopted. Kept by the keeper until {@link Keeper.acknowledge}. */
export interface KeeperExit extends KeeperProcess {
  readonly seq: bigint;
  /** As waitpid(2) gives it. */
  readonly waitStatus: number;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  /** Tag of a spawned program; empty for an adopted process. */
  readonly tag: string;
}

/** A shimd to take the place of the one that asks for it. */
export interface ReplaceRequest {
  /** Told by the next {@link KeeperWelcome}. */
  readonly tag: string;
  /** Milliseconds until it must serve. */
  readonly patienceMs: number;
  readonly argv: readonly string[];
  /** The whole of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** How the last {@link ReplaceRequest} went. */
export interface Replacement {
  readonly tag: string;
  readonly outcome: 'on trial' | 'serves' | 'failed';
  /** Of one that failed, as waitpid(2) gives it. */
  readonly waitStatus: number;
}

/** What the keeper remembers when shimd comes up. */
export interface KeeperWelcome {
  /** Of the protocol that the keeper speaks. */
  readonly version: number;
  readonly pid: number;
  /** How often shimd was started before. */
  readonly restarts: number;
  /** How often one was replaced by another that came to serve. */
  readonly replacements: number;
  /** The last attempt of it. */
  readonly replacement?: Replacement;
  /** Spawned programs that still run. */
  readonly children: readonly (KeeperProcess & { readonly tag: string })[];
  /** Keys of held descriptors. */
  readonly held: ReadonlySet<string>;
  /** Exits that were not acknowledged; those that come before {@link Keeper.onExit} is set are added to it. */
  readonly exits: readonly KeeperExit[];
}

/** A connection whose frames the keeper passes on; it outlives shimd. */
export interface RelayedConnection {
  /** Unique for the life of the keeper. */
  readonly id: bigint;
  /** Key of the listener that it came in by. */
  readonly listener: string;
  /**
   * A stream socket, non-blocking and close-on-exec, the receiver's: ttrpc frames, whole ones. After a restart of shimd the requests
   * that have no answer yet come again, in order. Its end tells that the client has gone.
   */
  readonly fd: number;
}

/** Raised by {@link Keeper.spawn}: the errno of the step that failed. */
export class SpawnError extends Error {
  constructor(
    readonly errno: number,
    readonly step: string,
  ) {
    super(`${step}: errno ${errno}`);
    this.name = 'SpawnError';
  }
}

/** The keeper as shimd sees it. */
export interface Keeper {
  /** Resolves once everything the keeper remembers has arrived. Call once, before anything else. */
  hello(): Promise<KeeperWelcome>;
  /** Called for every exit after the welcome, in order. */
  onExit: (exit: KeeperExit) => void;
  spawn(request: SpawnRequest): Promise<KeeperProcess>;
  acknowledge(seq: bigint): void;
  /** Gives the keeper a copy of `fd` to hold under `key`. */
  hold(key: string, fd: number): Promise<void>;
  /** Closes what is held under `key`; no error if nothing is. */
  drop(key: string): Promise<void>;
  /** A copy of the descriptor held under `key`, the caller's to close. */
  fetch(key: string): Promise<number>;
  /**
   * Has it accept a connection of the non-blocking listening socket held under `listener`, and hold that under `key`. False: it is of
   * an older version, which can't. Rejects if none is there.
   */
  accept(listener: string, key: string): Promise<boolean>;
  /**
   * Has it accept the connections of the listening socket held under `listener` and pass on their ttrpc frames, until the listener is
   * dropped. Those of an earlier shimd's are told again. False: it is of an older version, which can't.
   */
  relay(listener: string): Promise<boolean>;
  /** Called for each connection of a relay; those that come before it is set are kept for it. */
  onRelayed: (connection: RelayedConnection) => void;
  /** Ends a relayed connection. shimd's end of it alone doesn't. No error if it has gone. */
  unrelay(id: bigint): Promise<void>;
  /** Has it start another shimd as soon as this one has exited, or one as this if that doesn't come to serve. */
  replace(request: ReplaceRequest): Promise<void>;
  /** Says that this shimd serves: it is no longer on trial. */
  serving(): void;
  /** Asks it to leave once shimd has exited. False: it has other children. */
  quit(): Promise<boolean>;
}
