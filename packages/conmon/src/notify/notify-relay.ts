import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventPoller, FrontEndHost } from '@holdfast/core';
import { native } from '@holdfast/native';
import { MESSAGE_BYTES, relayedLines } from './relayed-lines.js';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
const DIRECTORY_MODE = 0o755;
/** Any user of the container may send. */
const SOCKET_MODE = 0o777;
/** A container that talks without end is listened to now and then: it waits meanwhile. */
const BURST = 16;
const PAUSE_MS = 100;

export interface NotifyRelayOptions {
  readonly host: FrontEndHost;
  readonly poller: EventPoller;
  readonly bundle: string;
  /** Where messages go. */
  readonly target: string;
  /** What stands for conmon, in whose name they are sent: shimd is no part of the caller's unit. */
  readonly pid: number;
  /** What the keeper holds is called so: the socket outlives shimd, with what waits in it. */
  readonly key: string;
}

/** `notify/notify.sock` of a bundle: passes on what a container says to its NOTIFY_SOCKET. */
export class NotifyRelay {
  readonly #buffer = Buffer.allocUnsafe(MESSAGE_BYTES);
  readonly #unwatch: () => void;
  #reading: Promise<void> | undefined;
  #open = true;

  private constructor(
    private readonly fd: number,
    private readonly options: NotifyRelayOptions,
  ) {
    this.#unwatch = options.poller.watch(fd, () => void this.#read());
    void this.#read();
  }

  /** Throws the system's errors. */
  static async make(options: NotifyRelayOptions): Promise<NotifyRelay> {
    const fd = bind(options.bundle);
    await options.host.keeper.hold(options.key, fd);
    return new NotifyRelay(fd, options);
  }

  /** Goes on with an earlier shimd's, or with another if that was lost with its keeper and is `wanted`: containers see the directory. */
  static async resume(options: NotifyRelayOptions, wanted: boolean): Promise<NotifyRelay | undefined> {
    const { keeper, held } = options.host;
    if (held.has(options.key)) return new NotifyRelay(await keeper.fetch(options.key), options);
    return wanted ? NotifyRelay.make(options) : undefined;
  }

  /** Another shimd goes on with it. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#unwatch();
    closeSync(this.fd);
  }

  /** Passes on what has been said, and is no more. */
  async close(): Promise<void> {
    await this.#read();
    this.leave();
    const { host, key, bundle } = this.options;
    rmSync(socketOf(bundle), { force: true });
    await host.keeper.drop(key);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    for (let taken = 1; this.#takeOne(); taken += 1)
      if (taken % BURST === 0) await delay(PAUSE_MS, undefined, { ref: false });
  }

  /** It leaves the queue once it is passed on: a shimd that is killed in between says it twice. */
  #takeOne(): boolean {
    if (!this.#open) return false;
    const length = native.datagramReceive(this.fd, this.#buffer, true);
    if (length === undefined) return false;
    const lines = length > MESSAGE_BYTES ? undefined : relayedLines(this.#buffer.subarray(0, length));
    if (lines !== undefined) this.#pass(Buffer.from(lines, 'latin1'));
    native.datagramReceive(this.fd, this.#buffer, false);
    return true;
  }

  #pass(message: Buffer): void {
    const { host, target, pid } = this.options;
    try {
      native.notifySend(target, message, pid);
    } catch (error) {
      host.logger.warn({ err: error, target }, 'a notification could not be passed on');
    }
  }
}

function socketOf(bundle: string): string {
  return join(bundle, 'notify', 'notify.sock');
}

/** The path of a bundle may be longer than a socket's. */
function bind(bundle: string): number {
  mkdirSync(join(bundle, 'notify'), { recursive: true, mode: DIRECTORY_MODE });
  const directory = openSync(join(bundle, 'notify'), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const socket = `/proc/self/fd/${directory}/notify.sock`;
    rmSync(socket, { force: true });
    return native.datagramBind(socket, SOCKET_MODE);
  } finally {
    closeSync(directory);
  }
}
