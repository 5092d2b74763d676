/** Records of `bytes` for {@link NativeLane.writeRecords}. */
export interface PrefixedRecords {
  readonly bytes: Uint8Array;
  /** Record i ends at ends[i], and begins where the one before it ends. */
  readonly ends: Uint32Array;
  /** The records from `from` up to `to`, without it. */
  readonly from: number;
  readonly to: number;
  /** Goes before each record that ends in a newline; at most 256 bytes. */
  readonly full: Uint8Array;
  /** Goes before each other record, which gets a newline; at most 256 bytes. */
  readonly partial: Uint8Array;
}

/** What {@link NativeLane.stat} tells. */
export interface LaneStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  /** Permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
}

/** Datagrams for `datagramSend`: number i is `head`, its field bytes, its span of `bytes`, and `tail`. */
export interface GatheredDatagrams {
  readonly head: Uint8Array;
  readonly fields: Uint8Array;
  /** The fields of datagram i end at fieldEnds[i] in `fields`, and begin where the ones before end. */
  readonly fieldEnds: Uint32Array;
  readonly bytes: Uint8Array;
  /** Datagram i takes `bytes` from spans[2i] to spans[2i + 1]. */
  readonly spans: Uint32Array;
  readonly tail: Uint8Array;
  /** The datagrams from `from` up to `to`, without it. */
  readonly from: number;
  readonly to: number;
}

/** A pipe of which {@link NativeLane.move} takes whole records. Holds a descriptor of its own, until it is closed and no job uses it. */
export interface NativeMover {
  /**
   * Ends the job, or the next one: when this returns, no more is looked at, and what was looked at has a time before now; it is still
   * written and consumed. `abandon`: not consumed, though it may still be written.
   */
  stop(abandon: boolean): void;
  /** Takes `stop` back, for another job. Throws EBUSY while there is one. */
  allow(): void;
  /** Refuses further jobs; one that is under way is stopped. */
  close(): void;
}

/** How {@link NativeLane.move} writes. */
export interface MoveOptions {
  /** Each record gets `TIME STREAM P|F ` before it, as the Kubernetes CRI has it, and a newline if it has none. */
  readonly framed: boolean;
  /** Their time ends in `+00:00`, not in `Z`. */
  readonly offset?: boolean;
  /** Most bytes that the file may grow by. */
  readonly room: number;
  /** Bytes of the pipe after which it is enough. */
  readonly most: number;
}

/** What {@link NativeLane.move} did. */
export interface LaneMoved {
  /** Taken out of the pipe. */
  readonly bytes: number;
  readonly records: number;
  /** Bytes of whole records that the file has grown by; not all of them were taken out of the pipe if the job was abandoned. */
  readonly written: number;
  /** Bytes of others behind them: to be cut off. */
  readonly torn: number;
  /** An error was met; the records are still in the pipe. */
  readonly failed: boolean;
}

/** A thread that runs file operations in order. Methods as in the core's `FileLane`, but for `send`. */
export interface NativeLane {
  /**
   * Sends a copy of `datagrams` as `datagramSend` does, waiting for room in the receiver's queue. Resolves to how many were
   * sent, which is not all if the last one had no room within `waitMs`. Rejects with `error.sent`; soon with ECANCELED once the
   * lane is stopped. `fd` must stay open until then.
   */
  send(fd: number, datagrams: GatheredDatagrams, waitMs: number): Promise<number>;
  open(path: string, flags: number, mode: number): Promise<number>;
  read(fd: number, bytes: Uint8Array, position: number): Promise<number>;
  write(fd: number, bytes: Uint8Array): Promise<void>;
  writeRecords(fd: number, records: PrefixedRecords): Promise<void>;
  /**
   * Moves records from a pipe to a file, for as long as more comes. What is at the end of the pipe, of a line or of the room is left
   * there. One job of a mover at a time.
   */
  move(fd: number, mover: NativeMover, options: MoveOptions): Promise<LaneMoved>;
  /** flock(2) LOCK_EX with LOCK_NB; false if another open file holds it. */
  lock(fd: number): Promise<boolean>;
  size(fd: number): Promise<number>;
  stat(fd: number): Promise<LaneStat>;
  chmod(fd: number, mode: number): Promise<void>;
  truncate(fd: number, size: number): Promise<void>;
  sync(fd: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  makeDirectory(path: string, mode: number): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Rejects with ENOTDIR of a symbolic link, and with EFBIG of names of more than 16 MiB. */
  list(path: string): Promise<string[]>;
  close(fd: number): Promise<void>;
  /** Ends the thread once its queue is empty, and a `send` before that; it never waits for it. Later calls reject. */
  stop(): void;
}
