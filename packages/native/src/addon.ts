import { createRequire } from 'node:module';

/** SO_PEERCRED of a connected Unix socket. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What {@link NativeAddon.receive} read. */
export interface ReceivedMessage {
  /** Bytes written to the buffer. 0 without descriptors means that the peer has closed. */
  readonly length: number;
  /** Descriptors received, CLOEXEC, now the caller's to close. */
  readonly fds: readonly number[];
}

/**
 * One epoll instance watched by Node's loop, edge-triggered.
 *
 * Owns no descriptor it watches: `remove` before closing one. Keeps the process alive while it watches anything.
 */
export interface NativePoller {
  /** Watches `fd`; `token` (u32) is what the callback gets. `write` watches EPOLLOUT, else EPOLLIN. HUP and ERR always come. */
  add(fd: number, token: number, write?: boolean): void;
  remove(fd: number): void;
  close(): void;
}

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

/** A thread that runs file operations in order. Methods as in the core's `FileLane`. */
export interface NativeLane {
  open(path: string, flags: number, mode: number): Promise<number>;
  write(fd: number, bytes: Uint8Array): Promise<void>;
  writeRecords(fd: number, records: PrefixedRecords): Promise<void>;
  size(fd: number): Promise<number>;
  truncate(fd: number, size: number): Promise<void>;
  sync(fd: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  close(fd: number): Promise<void>;
  /** Ends the thread once its queue is empty; it never waits for it. Later calls reject. */
  stop(): void;
}

/**
 * Every function throws (or rejects with) Node-like errors: `code` such as 'ENOENT', `errno` negative, `syscall`,
 * `path` where there is one. Every descriptor it makes is CLOEXEC.
 */
export interface NativeAddon {
  readonly Poller: new (
    callback: (token: number, readable: boolean, writable: boolean, hangup: boolean) => void,
  ) => NativePoller;
  readonly Lane: new () => NativeLane;

  mkfifo(path: string, mode: number): void;
  /** A pipe, both ends O_NONBLOCK if asked. */
  pipe(nonblock: boolean): [read: number, write: number];
  /** F_SETPIPE_SZ; returns the size the kernel gave. */
  setPipeSize(fd: number, bytes: number): number;
  /** Bytes now in the pipe (FIONREAD). */
  pipeBytes(fd: number): number;
  /**
   * Copies what is in the pipe `fd` into `buffer` without consuming it: tee(2) into the pipe `scratch`, then a read from it.
   * Returns the bytes copied; 0 at end of file (no writer and empty); -1 if there is nothing now (EAGAIN).
   * `scratch` is a non-blocking pipe at least as large as `fd`'s, empty before and after.
   */
  peek(fd: number, scratch: readonly [number, number], buffer: Uint8Array): number;
  /**
   * Ends of the records in `bytes`, written to `ends` from its beginning; returns how many, at most as many as there is room for.
   * A record is a line with its newline, or `limit` bytes of a longer line. What is left of a line without newline is a record if
   * `flush` is true.
   */
  splitRecords(bytes: Uint8Array, ends: Uint32Array, limit: number, flush: boolean): number;
  /** Consumes exactly `bytes` from the pipe `fd` (bytes that a peek has shown). */
  discard(fd: number, bytes: number): void;

  /** SOCK_SEQPACKET, non-blocking. Paths over 107 bytes throw ENAMETOOLONG. */
  seqpacketPair(): [number, number];
  seqpacketListen(path: string, mode: number, backlog: number): number;
  seqpacketAccept(fd: number): number;
  seqpacketConnect(path: string): number;
  /** sendmsg with SCM_RIGHTS; at most 16 descriptors. Returns false on EAGAIN. */
  send(fd: number, bytes: Uint8Array, fds: readonly number[]): boolean;
  /** recvmsg; undefined on EAGAIN. Throws EMSGSIZE, with all descriptors closed, if the message or its descriptors were truncated. */
  receive(fd: number, buffer: Uint8Array): ReceivedMessage | undefined;
  peerCredentials(fd: number): PeerCredentials;

  pidfdOpen(pid: number): number;
  pidfdSendSignal(pidfd: number, signal: number): void;
  /**
   * Wait status (as waitpid gives it) of a process that has been reaped, by PIDFD_GET_INFO. Call after POLLHUP.
   * undefined if the kernel (< 6.15) or the moment cannot tell.
   */
  pidfdExitStatus(pidfd: number): number | undefined;

  /** flock(2) LOCK_EX or LOCK_SH, with LOCK_NB; false if another holds it. */
  flock(fd: number, exclusive: boolean): boolean;
  /** F_SETFD: whether `fd` survives exec. */
  setCloseOnExec(fd: number, on: boolean): void;
  /** CLOCK_REALTIME in nanoseconds since the epoch. */
  realtime(): bigint;
}

const require = createRequire(import.meta.url);

/** The addon. Loading throws SHIM-less errors: the composition root explains them. */
export const native: NativeAddon = require(
  require.resolve(`@holdfast/native/prebuilds/${process.platform}-${process.arch}/holdfast.node`),
) as NativeAddon;
