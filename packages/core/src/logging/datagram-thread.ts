import type { GatheredDatagrams, NativeLane } from '@holdfast/native';

/** A thread that has had nothing to do for so long goes. */
const IDLE_MS = 10_000;
/** As long as a deadline may be for the thread. */
const LONGEST_MS = 2 ** 31;

/** What {@link DatagramThread} is made of. */
export type SendingLane = Pick<NativeLane, 'send' | 'stop'>;

/** A thread that waits for a receiver's room, in the loop's stead; there only while it is needed. */
export class DatagramThread {
  #lane: SendingLane | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly makeLane: () => SendingLane) {}

  /** As {@link NativeLane.send}. The descriptor must stay open until it settles, also after `end`. */
  async send(fd: number, datagrams: GatheredDatagrams, ms: number): Promise<number> {
    const lane = (this.#lane ??= this.makeLane());
    clearTimeout(this.#idle);
    try {
      return await lane.send(fd, datagrams, Math.min(LONGEST_MS, Math.ceil(ms)));
    } finally {
      if (this.#lane === lane) this.#idle = setTimeout(() => this.end(), IDLE_MS).unref();
    }
  }

  /** What waits is rejected with ECANCELED, soon. */
  end(): void {
    clearTimeout(this.#idle);
    this.#lane?.stop();
    this.#lane = undefined;
  }
}
