import { native } from '@holdfast/native';

/** Called when the descriptor has something new: bytes, or (with `hangup`) its last writer has gone. */
export type ReadyCallback = (hangup: boolean) => void;

/** One edge-triggered epoll for all descriptors of the shim. */
export class EventPoller {
  readonly #callbacks = new Map<number, ReadyCallback>();
  readonly #poller = new native.Poller((token, _readable, _writable, hangup) => this.#callbacks.get(token)?.(hangup));
  #nextToken = 1;

  /** Watches `fd` for reading until the returned function is called, which must be before `fd` is closed. */
  watch(fd: number, ready: ReadyCallback): () => void {
    return this.#watch(fd, ready, false);
  }

  /** The same for writing. `ready` is called soon if there is room already. */
  watchWritable(fd: number, ready: ReadyCallback): () => void {
    return this.#watch(fd, ready, true);
  }

  #watch(fd: number, ready: ReadyCallback, write: boolean): () => void {
    const token = this.#nextToken++;
    this.#callbacks.set(token, ready);
    this.#poller.add(fd, token, write);
    return () => {
      if (this.#callbacks.delete(token)) this.#poller.remove(fd);
    };
  }

  close(): void {
    this.#callbacks.clear();
    this.#poller.close();
  }
}
