import { closeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { native } from '@holdfast/native';
import type { DatagramSender, Datagrams } from '../plugin/datagram-sender.js';
import type { EventPoller } from '../stdio/event-poller.js';
import { obstacleOf, type Obstacle } from './datagram-obstacle.js';
import { PendingDatagrams } from './pending-datagrams.js';

/**
 * A connected socket, since only for those does EPOLLOUT tell of room in the receiver's queue. The kernel takes the connection away
 * when the receiver has gone; the next attempt connects anew.
 */
export class UnixDatagramSender implements DatagramSender {
  #fd: number | undefined;
  #connected = false;
  #pending: PendingDatagrams | undefined;

  constructor(
    private readonly path: string,
    private readonly poller: Pick<EventPoller, 'watchWritable'>,
  ) {}

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
      watchRoom: (ready) => this.poller.watchWritable(this.#fd!, ready),
    });
    const obstacle = pending.attempt();
    if (obstacle === undefined) return undefined;
    if (!obstacle.passes || performance.now() >= deadline) throw pending.failure(obstacle);
    this.#pending = pending;
    return pending.wait(obstacle).finally(() => (this.#pending = undefined));
  }

  close(): void {
    this.#pending?.cancel();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#connected = false;
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
