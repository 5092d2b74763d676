/** Records of a batch for {@link FileLane.writeRecords}: `bytes` and `ends` as in `LogBatch`. */
export interface PrefixedRecords {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** The records from `from` up to `to`, without it. */
  readonly from: number;
  readonly to: number;
  /** Goes before each record that ends in a newline; at most 256 bytes. */
  readonly full: Uint8Array;
  /** Goes before each other record, which gets a newline; at most 256 bytes. */
  readonly partial: Uint8Array;
}

/** A container's pipe, for {@link FileLane.move}. */
export interface RecordPipe {
  /** The host's to call. */
  stop(abandon: boolean): void;
}

/** How {@link FileLane.move} writes. */
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

/** Records that went from a pipe to a file. */
export interface MovedRecords {
  /** As the container wrote them. */
  readonly bytes: number;
  readonly records: number;
}

/** What {@link FileLane.move} did. */
export interface LaneMoved extends MovedRecords {
  /** Bytes of whole records that the file has grown by. */
  readonly written: number;
  /** Bytes of others behind them, after an error: to be cut off. */
  readonly torn: number;
}

/** What {@link FileLane.stat} tells of an open file. */
export interface LaneStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  /** Permissions, 12 bits. */
  readonly mode: number;
  /** Of the owner. */
  readonly uid: number;
  /** Bytes. */
  readonly size: number;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
}

/**
 * File operations off the control thread: one thread for each device that holds logs, so that a frozen disk stops its
 * own logs and nothing else. Operations of one lane run in the order in which they were called.
 * Errors are Node's (`code: 'ENOSPC'`, `errno`, `syscall`, `path`).
 */
export interface FileLane {
  /** Opens with O_CLOEXEC added. `flags` as in `fs.constants`. Resolves to the descriptor. */
  open(path: string, flags: number, mode: number): Promise<number>;
  /**
   * Reads from the offset `position` on, as much as there is room for in `bytes`; resolves to how much there was: less means that
   * the file ends there. `bytes` must not be touched until it settles.
   */
  read(fd: number, bytes: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all of `bytes` at the descriptor's position (or its end, with O_APPEND). `bytes` must not change until it settles.
   * On error, `error.written` says how many bytes were written before it.
   */
  write(fd: number, bytes: Uint8Array): Promise<void>;
  /**
   * Writes records, each behind its prefix, formatted on the lane's thread: for line formats the fastest way there is.
   * Otherwise as `write`; `written` counts the prefixes too.
   */
  writeRecords(fd: number, records: PrefixedRecords): Promise<void>;
  /**
   * Moves whole records from a pipe to the end of a file on the lane's thread, for as long as there are some. Never rejects for an error of
   * the file: the record that met it is still in the pipe. Left out by lanes that cannot.
   */
  move?(fd: number, pipe: RecordPipe, options: MoveOptions): Promise<LaneMoved>;
  /**
   * Locks the open file for this process (flock, exclusive). False at once if it is locked by another one, or through another
   * descriptor. The lock ends with the descriptor, also when shimd is killed.
   */
  lock(fd: number): Promise<boolean>;
  /** Size of the open file in bytes. */
  size(fd: number): Promise<number>;
  stat(fd: number): Promise<LaneStat>;
  /** Sets the permissions, whatever the umask is. */
  chmod(fd: number, mode: number): Promise<void>;
  truncate(fd: number, size: number): Promise<void>;
  sync(fd: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes one directory, with `mode` less the umask. */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Removes a directory that is empty. */
  removeDirectory(path: string): Promise<void>;
  /** Names in a directory, in any order. Rejects with ENOTDIR if it is a symbolic link. */
  list(path: string): Promise<string[]>;
  close(fd: number): Promise<void>;
}
