import type { GatheredDatagrams, NativeMover, NativeLane } from './native-lane.js';
import { loadAddon } from './prebuilt.js';

/** SO_PEERCRED of a connected Unix socket. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Of a terminal, in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
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

/** What {@link NativeAddon.splice} returns instead of a number of bytes. */
export const PIPE_STATE = {
  /** `from` is empty and has no writer. */
  ENDED: 0,
  /** `from` is empty now. */
  EMPTY: -1,
  /** `to` has no room now. */
  FULL: -2,
  /** Nobody reads `to`. */
  UNREAD: -3,
} as const;

/**
 * Every function throws (or rejects with) Node-like errors: `code` such as 'ENOENT', `errno` negative, `syscall`,
 * `path` where there is one. Every descriptor it makes is CLOEXEC.
 */
export interface NativeAddon {
  readonly Poller: new (
    callback: (token: number, readable: boolean, writable: boolean, hangup: boolean) => void,
  ) => NativePoller;
  readonly Lane: new () => NativeLane;
  /** `maxRecord`: at most 131072. */
  readonly Mover: new (fd: number, stream: 'stdout' | 'stderr', maxRecord: number) => NativeMover;

  mkfifo(path: string, mode: number): void;
  /** The file `draft` takes the place of what is at `path`, which may be nothing; as one step, like rename(2), and without waiting for the disk. */
  replaceFile(path: string, draft: string): void;
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
  /**
   * Moves at most `bytes` (1 to 1 MiB) from the pipe `from` to the pipe or terminal `to`, without waiting. Consumed and delivered by one
   * system call: a process killed at any moment loses and doubles none. Returns how many, or a {@link PIPE_STATE}. EINVAL: not to that file.
   */
  splice(from: number, to: number, bytes: number): number;
  /** The same between pipes, with a copy: `from` keeps its bytes. */
  tee(from: number, to: number, bytes: number): number;
  /** Bytes that the write end `fd` of a pipe has room for (at most: small writes take whole pages), FULL or UNREAD. */
  pipeRoom(fd: number): number;

  /** SOCK_SEQPACKET, non-blocking. Paths over 107 bytes throw ENAMETOOLONG. */
  seqpacketPair(): [number, number];
  seqpacketListen(path: string, mode: number, backlog: number): number;
  seqpacketAccept(fd: number): number;
  seqpacketConnect(path: string): number;
  /** A listening SOCK_STREAM, non-blocking; accepted with `seqpacketAccept`, read with `receive`. */
  streamListen(path: string, mode: number, backlog: number): number;
  /** sendmsg with SCM_RIGHTS; at most 16 descriptors. Returns false on EAGAIN. */
  send(fd: number, bytes: Uint8Array, fds: readonly number[]): boolean;
  /**
   * recvmsg; undefined on EAGAIN. Throws EMSGSIZE, with all descriptors closed, if the message or its descriptors were truncated.
   * `peek` leaves the message, descriptors too, in the queue: those that it returns are copies.
   */
  receive(fd: number, buffer: Uint8Array, peek?: boolean): ReceivedMessage | undefined;
  peerCredentials(fd: number): PeerCredentials;
  /** Whether `fd` is a SOCK_SEQPACKET socket that listens; false for anything else, open or not. */
  isPacketListener(fd: number): boolean;

  /**
   * Moves at most `bytes` from a pty master into a pipe inside the kernel: a process killed at any moment loses none. Returns how
   * many; -1 if the (non-blocking) terminal is empty or the pipe full; 0 once the last slave has gone and all was read.
   */
  spliceTerminal(terminal: number, pipe: number, bytes: number): number;
  setTerminalSize(terminal: number, rows: number, columns: number): void;
  terminalSize(terminal: number): TerminalSize;
  /** cfmakeraw(3); returns the mode that it had, for `restoreTerminal`. Node's raw mode goes on turning \n into \r\n. */
  makeTerminalRaw(terminal: number): Uint8Array;
  restoreTerminal(terminal: number, mode: Uint8Array): void;
  /** O_NONBLOCK on the open file, which others may share. */
  setNonBlocking(fd: number): void;

  /** An unconnected AF_UNIX SOCK_DGRAM socket, non-blocking. */
  datagramSocket(): number;
  /** The same, bound to `path`, to read with `receive`; the file gets `mode`. */
  datagramBind(path: string, mode: number): number;
  /** connect(2), again after the receiver has gone if need be. Paths over 107 bytes throw ENAMETOOLONG. */
  datagramConnect(fd: number, path: string): void;
  /**
   * Sends in order with sendmmsg(2) and returns how many were sent: none means EAGAIN. Throws if the first fails, so that an error
   * after some is met by the next call. One that is too large for the socket goes as a sealed memfd, by SCM_RIGHTS, in an empty datagram.
   */
  datagramSend(fd: number, datagrams: GatheredDatagrams): number;

  /**
   * Sends `bytes` as one datagram to the Unix socket `address`; `@` at its beginning stands for the NUL of an abstract one. Unless
   * `pid` is 0 it stands in the credentials as the sender's, which takes CAP_SYS_ADMIN (else EPERM). Never blocks: EAGAIN.
   */
  notifySend(address: string, bytes: Uint8Array, pid: number): void;
  /**
   * The length of the next datagram, which may be more than `buffer` took; undefined if there is none. `peek` leaves it in the queue.
   * Descriptors that came with it are closed.
   */
  datagramReceive(fd: number, buffer: Uint8Array, peek: boolean): number | undefined;

  /** A pidfd of the process that a connected Unix socket leads to. Before Linux 6.5 that of its pid, which may have been reused. */
  peerPidfd(fd: number): number;
  /** pidfd_getfd(2): a copy of descriptor `number` of another process, which one must be allowed to trace (else EPERM). */
  pidfdGetDescriptor(pidfd: number, number: number): number;

  pidfdOpen(pid: number): number;
  pidfdSendSignal(pidfd: number, signal: number): void;
  /**
   * Wait status (as waitpid gives it) of a process that has been reaped, by PIDFD_GET_INFO. Call after POLLHUP.
   * undefined if the kernel (< 6.15) or the moment cannot tell.
   */
  pidfdExitStatus(pidfd: number): number | undefined;

  /** An eventfd at 0, non-blocking. */
  eventfd(): number;
  /** What the eventfd `fd` has counted since the last call; 0n if nothing. */
  takeEvents(fd: number): bigint;

  /**
   * The first `bytes` (at most 1 MiB) of the regular file at `path`, made with mode 0600 or enlarged with zeros, shared: what is
   * written to them is in the file at once, also when the process is killed. Follows no symbolic link (ELOOP).
   */
  mapFile(path: string, bytes: number): ArrayBuffer;

  /**
   * mount(2) in a thread of its own, in `directory` (empty: `/` or wherever this process is), to which `source` and `options` may be relative.
   * `options` has at most 4095 bytes (E2BIG). Rejects with the failing call's errno.
   */
  mount(source: string, target: string, type: string, flags: number, options: string, directory: string): Promise<void>;
  /** umount2(2) in a thread of its own. */
  unmount(target: string, flags: number): Promise<void>;

  /** flock(2) LOCK_EX or LOCK_SH, with LOCK_NB; false if another holds it. */
  flock(fd: number, exclusive: boolean): boolean;
  /** Whether `fd` is a file in memory (memfd) that nobody can change any more: sealed against growing, shrinking and writing. */
  isSealed(fd: number): boolean;
  /** F_SETFD: whether `fd` survives exec. */
  setCloseOnExec(fd: number, on: boolean): void;
  /** PR_SET_PDEATHSIG of the calling thread: the signal it gets when its parent dies; 0 for none. */
  parentDeathSignal(signal: number): void;
  /** CLOCK_REALTIME in nanoseconds since the epoch. */
  realtime(): bigint;
  /**
   * Gives the system back what the C library has free. `collect`: all garbage is collected first, and V8's free pages go too, which takes
   * some ten milliseconds.
   */
  releaseMemory(collect: boolean): void;
}

/** The addon. Loading throws errors that name the platform: the composition root explains them. */
export const native: NativeAddon = loadAddon() as NativeAddon;
