import { closeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { native } from '@holdfast/native';
import type { DatagramSender, Datagrams } from '../plugin/datagram-sender.js';
import { obstacleOf, type Obstacle } from './datagram-obstacle.js';
import { DatagramThread, type SendingLane } from './datagram-thread.js';
import { PendingDatagrams } from './pending-datagrams.js';

/**
 * Sends what the receiver has room for at once, and has a thread wait with the rest. A connected socket, since only for those does
 * EPOLLOUT tell of room in the receiver's queue. The kernel takes the connection away when the receiver has gone; the next attempt
 * connects anew.
 */
export class UnixDatagramSender implements DatagramSender {
  #fd: number | undefined;
  #connected = false;
  #pending: PendingDatagrams | undefined;
  /** The descriptor while the thread uses it. The number of one that is closed may soon be another file's. */
  #lent: number | undefined;
  readonly #thread: DatagramThread;

  constructor(
    private readonly path: string,
    makeLane: () => SendingLane,
  ) {
    this.#thread = new DatagramThread(makeLane);
  }

  connect(): void {
    this.#fd ??= native.datagramSocket();
    native.datagramConnect(this.#fd, this.path);
    this.#connected = true;
  }

  send(datagrams: Datagrams, deadline: number): Promise<void> | undefined {
    if (this.#pending !== undefined) throw new Error('a send waits already');
    const pending = new PendingDatagrams({
      datagrams,
      deadline,
      attempt: (rest) => this.#attempt(rest),
      sendWaiting: (rest, ms) => this.#sendWaiting(rest, ms),
    });
    const obstacle = pending.attempt();
    if (obstacle === undefined) return undefined;
    if (!obstacle.passes || performance.now() >= deadline) throw pending.failure(obstacle);
    this.#pending = pending;
    return pending.wait(obstacle).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
  }

  close(): void {
    const fd = this.#fd;
    this.#pending?.cancel();
    this.#pending = undefined;
    this.#fd = undefined;
    this.#connected = false;
    this.#thread.end();
    if (fd !== undefined && fd !== this.#lent) closeSync(fd);
  }

  async #sendWaiting(datagrams: Datagrams, ms: number): Promise<number> {
    const fd = this.#fd!;
    this.#lent = fd;
    try {
      return await this.#thread.send(fd, datagrams, ms);
    } finally {
      this.#lent = undefined;
      if (this.#fd !== fd) closeSync(fd);
    }
  }

  /** One system call, or a few: returns how many were sent, and throws if that is none because of an error. */
  #attempt(datagrams: Datagrams): number | Obstacle {
    const fresh = !this.#connected;
    try {
      if (fresh) this.connect();
      return native.datagramSend(this.#fd!, datagrams);
    } catch (error) {
      this.#connected = false;
      const obstacle = obstacleOf(error);
      // What listened at the path before may have been replaced already.
      return fresh || obstacle.kind !== 'gone' ? obstacle : this.#attempt(datagrams);
    }
  }
}
