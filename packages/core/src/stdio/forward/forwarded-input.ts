import { closeSync } from 'node:fs';
import type { ContainerIo } from '../container-io.js';
import type { IoServices } from '../process-io.js';
import { parseTarget } from './forward-target.js';
import { held, heldName, letDrop, type ForwardOptions } from './forward-options.js';
import { InputRelay } from './input-relay.js';
import { openBothEnds } from './open-fifo.js';

/** The asker's FIFO that is a process's stdin. The keeper holds it too: a client that leaves is no end of input, nor is shimd's death. */
export class ForwardedInput {
  #from: number | undefined;
  #relay: InputRelay | undefined;
  #ending = false;
  #released = false;

  constructor(
    private readonly inner: ContainerIo,
    private readonly options: ForwardOptions,
    private readonly services: IoServices,
  ) {}

  /** Throws SHIM_INVALID_ARGUMENT. */
  open(): void {
    const target = parseTarget(this.options.forward.stdin as string, 'stdin');
    this.#from = openBothEnds((target as { path: string }).path, 'stdin');
  }

  /** What is open is the keeper's too from now on. */
  async hold(): Promise<void> {
    if (this.#from !== undefined) await this.services.keeper.hold(this.#name, this.#from);
  }

  /** After a restart; `closed`: its end was asked for, and it may be that not all has been passed on yet. True if there is more to pass on. */
  async reopen(closed: boolean): Promise<boolean> {
    this.#ending = closed;
    this.#from = await held(this.services, this.#name);
    if (this.#from !== undefined || closed) return this.#from !== undefined;
    try {
      this.open();
      await this.hold();
    } catch {
      // The keeper is another one, and the FIFO has been removed meanwhile: no more input comes.
    }
    return true;
  }

  /** The process is there. */
  start(): void {
    void this.#start().catch((error: unknown) => this.#failed(error));
  }

  /** Passes on what is in the FIFO, then closes the process's stdin. */
  end(): void {
    this.#ending = true;
    this.#relay?.end();
  }

  /** Lets go of it here. */
  release(): void {
    this.#released = true;
    if (this.#relay !== undefined) return this.#relay.close();
    if (this.#from !== undefined) closeSync(this.#from);
    this.#from = undefined;
  }

  /** And in the keeper. */
  drop(): void {
    letDrop(this.services, this.#name);
  }

  get #name(): string {
    return heldName(this.options.key, 'stdin');
  }

  async #start(): Promise<void> {
    if (this.#from === undefined || this.#relay !== undefined) return;
    const { key, terminal } = this.options;
    // A descriptor of its own: what attached clients write has the other.
    const to = await held(this.services, `${key}/${terminal ? 'terminal' : 'stdin'}`);
    const from = this.#from;
    if (to === undefined) return;
    if (this.#released) return closeSync(to);
    this.#from = undefined;
    const { poller, buffers } = this.services;
    this.#relay = new InputRelay({
      ...{ from, to, poller, buffers },
      write: (bytes, onTaken) => this.inner.writeStdin(bytes, onTaken),
      onClosed: () => void this.#closed().catch((error: unknown) => this.#failed(error)),
      onError: (error) => this.#failed(error),
    });
    if (this.#ending) this.#relay.end();
  }

  /** First the process is told, then the keeper forgets that there was more: a kill in between is made good by the next shimd. */
  async #closed(): Promise<void> {
    if (this.#released) return;
    // A terminal has no end, and who asks for none to be typed gets none.
    if (!this.options.terminal) await this.inner.closeStdin();
    this.drop();
  }

  #failed(error: unknown): void {
    this.services.logger.error({ err: error, key: this.options.key }, 'passing on stdin failed');
  }
}
