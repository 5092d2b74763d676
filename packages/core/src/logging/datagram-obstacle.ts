/** Why a datagram can't be sent now. `full`: the receiver's queue, or the socket's own. `gone`: nobody receives. */
export interface Obstacle {
  readonly kind: 'full' | 'gone' | 'broken';
  /** True if it may pass by itself. */
  readonly passes: boolean;
  readonly error: NodeJS.ErrnoException;
}

/** The kernel takes a dead receiver for ECONNREFUSED once, then the socket is not connected; a restart replaces the file. */
const GONE = new Set(['ECONNREFUSED', 'ENOTCONN', 'ECONNRESET', 'EPIPE', 'ENOENT']);

/** What an error of connect or send means. */
export function obstacleOf(thrown: unknown): Obstacle {
  const error = thrown as NodeJS.ErrnoException;
  const gone = GONE.has(error.code ?? '');
  return { kind: gone ? 'gone' : 'broken', passes: gone, error };
}

/** The receiver's queue is full. */
export function queueFull(): Obstacle {
  const error = Object.assign(new Error('EAGAIN: the receiver takes no more, sendmmsg'), {
    code: 'EAGAIN',
    syscall: 'sendmmsg',
  });
  return { kind: 'full', passes: true, error };
}
