import { closeSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { native } from '@holdfast/native';
import { faultPoint } from '../faults/fault-point.js';
import { ShimError } from '../plugin/shim-error.js';
import { makePrivateDirectory } from '../state/private-directory.js';
import type { IoServices } from './process-io.js';
import { readable } from './readable.js';

/** What a runtime has sent before it ended is there: this is for the event loop to notice. */
export const SENT_MS = 500;

export interface ConsoleSocketOptions {
  /** At most 107 bytes; its directory is made. */
  readonly path: string;
  /** Names its descriptors in the keeper. */
  readonly key: string;
}

/**
 * Where a runtime sends the terminal's master to. It survives shimd, as the runtime does: the keeper holds the socket and the
 * connection, and what came over it is left in there until this is closed.
 */
export class ConsoleSocket {
  #listener: number | undefined;
  #connection: number | undefined;

  constructor(
    private readonly options: ConsoleSocketOptions,
    private readonly services: Pick<IoServices, 'keeper' | 'poller'>,
  ) {}

  /** Whether a terminal can come. */
  get isOpen(): boolean {
    return this.#listener !== undefined;
  }

  /** Makes it. What a shimd left that was killed before anything was started is replaced. */
  async listen(): Promise<void> {
    const { path } = this.options;
    const { keeper } = this.services;
    makePrivateDirectory(dirname(path));
    rmSync(path, { force: true });
    this.#listener = native.streamListen(path, 0o600, 1);
    await keeper.drop(this.#name('connection'));
    await keeper.hold(this.#name('console'), this.#listener);
  }

  /** Takes up what the keeper holds of it, if anything. */
  async reopen(): Promise<void> {
    this.#listener = await this.#held('console');
    this.#connection = await this.#held('connection');
  }

  /**
   * The master that a runtime has sent, non-blocking, the caller's to close. The runtime sends it before it returns: what is not
   * there within `ms` does not come. Rejects with SHIM_RUNTIME_FAILED.
   */
  async receive(ms: number): Promise<number> {
    const connection = this.#connection ?? (await this.#accept(ms));
    this.#connection = connection;
    // Peeked at: a shimd that is killed before it has given the keeper the master leaves it to the next.
    const message = (await readable(this.services.poller, connection, ms))
      ? native.receive(connection, Buffer.allocUnsafe(4096), true)
      : undefined;
    const [master, ...others] = message?.fds ?? [];
    for (const fd of others) closeSync(fd);
    if (master === undefined) throw noTerminal();
    return checked(master);
  }

  /** Lets go of it, here and in the keeper. */
  async close(): Promise<void> {
    for (const fd of [this.#listener, this.#connection]) if (fd !== undefined) closeSync(fd);
    this.#listener = undefined;
    this.#connection = undefined;
    rmSync(this.options.path, { force: true });
    await Promise.all(['console', 'connection'].map((name) => this.services.keeper.drop(this.#name(name))));
  }

  async #accept(ms: number): Promise<number> {
    const { keeper, poller } = this.services;
    const listener = this.#listener;
    if (listener === undefined || !(await readable(poller, listener, ms))) throw noTerminal();
    // With a keeper of an older version a kill from here on, until it holds the master, loses the terminal.
    if (!(await keeper.accept(this.#name('console'), this.#name('connection'))))
      return native.seqpacketAccept(listener);
    faultPoint('terminal-accepted');
    return keeper.fetch(this.#name('connection'));
  }

  #held(name: string): Promise<number | undefined> {
    return this.services.keeper.fetch(this.#name(name)).catch(() => undefined);
  }

  #name(name: string): string {
    return `${this.options.key}/${name}`;
  }
}

function checked(master: number): number {
  try {
    native.terminalSize(master);
    native.setNonBlocking(master);
    return master;
  } catch (cause) {
    closeSync(master);
    throw new ShimError('SHIM_RUNTIME_FAILED', 'what the runtime sent is no terminal', { cause });
  }
}

function noTerminal(): ShimError {
  return new ShimError('SHIM_RUNTIME_FAILED', 'the runtime has sent no terminal over its console socket');
}
