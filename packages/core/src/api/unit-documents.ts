/** Most descriptors that a process gets beside its stdio: a message of the keeper's carries 16. */
export const MAX_PRESERVED = 13;

/** What a new container has of the process that asks for it, or of the unit that one runs in. */
export interface UnitOptions {
  /** Descriptors of the asking process, which the container gets as 3, 4, … in this order. */
  readonly preserveFds?: readonly number[];
  readonly listenFds?: ListenFds;
  /** True: the container's cgroup lies below that of the asking process's unit, and whoever ends that ends the container. */
  readonly withUnit?: boolean;
  /** Left out: the container has no NOTIFY_SOCKET. */
  readonly notify?: NotifyOptions;
}

/** The first of the descriptors are systemd's; the container is told so by LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID=1. */
export interface ListenFds {
  readonly count: number;
  /** LISTEN_FDNAMES, as it came. */
  readonly names?: string;
}

/** The container's own NOTIFY_SOCKET. Who stays passes its messages on, with `GET …/notifications`. */
export interface NotifyOptions {
  /**
   * NOTIFY_SOCKET of the unit: for one who does not stay. What comes after READY=1 is sent to it by shimd, in the name of the
   * container's init.
   */
  readonly relayTo?: string;
  /** WATCHDOG_USEC of the container. */
  readonly watchdogUsec?: string;
}

/** Answer of `GET …/notifications`, as soon as there is something behind the cursor. */
export interface NotificationsDocument {
  /** To ask for what comes next. */
  readonly cursor: string;
  /** What the container has said, a datagram each, as lines of `NAME=value`: those that concern a unit alone. */
  readonly messages: readonly string[];
  /** It has said READY=1, if only to an earlier shimd. */
  readonly ready: boolean;
  /** Nothing more will come. */
  readonly ended: boolean;
}

/** What comes with a request beside its text. The receiver closes none of the descriptors and keeps none after the call. */
export interface Handed {
  /** Those of {@link UnitOptions.preserveFds}, open in this process. */
  readonly descriptors?: readonly number[];
  /** The cgroup of {@link UnitOptions.withUnit}. */
  readonly cgroup?: string;
}
