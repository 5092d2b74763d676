/** Datagrams for {@link DatagramSender.send}: number i is `head`, its field bytes, its span of `bytes`, and `tail`. */
export interface Datagrams {
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

/**
 * Sends datagrams to one Unix socket, many with one system call, without blocking the event loop. One that is too large for the
 * socket travels as a sealed memfd. The receiver may go and come back: the sender connects anew.
 * Errors are Node's (`code: 'ECONNREFUSED'`, `errno`, `syscall`, `path`).
 */
export interface DatagramSender {
  /** Connects now. Throws what keeps it from it: ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG. */
  connect(): void;
  /**
   * Sends all, in order. Undefined: they are sent. A promise: the receiver's queue is full (EAGAIN) or it has gone, and the sender waits
   * for it until `deadline` (`performance.now()` in milliseconds; one in the past: no waiting). The buffers must not change meanwhile.
   * Throws or rejects with `error.sent`, how many were sent, and with the code of what was waited for.
   */
  send(datagrams: Datagrams, deadline: number): Promise<void> | undefined;
  /** Ends the connection; a `send` that waits rejects. It can be used again. */
  close(): void;
}
