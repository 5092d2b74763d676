import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { native } from '@holdfast/native';
import type { NotificationsDocument } from '../api/unit-documents.js';
import type { Keeper } from '../keeper/keeper.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { ContainerRecords } from '../state/container-records.js';
import type { EventPoller } from '../stdio/event-poller.js';
import { MessageRing } from './message-ring.js';
import { filterNotification, MAX_MESSAGE_BYTES, saysReady } from './notification.js';
import { NotifySocket } from './notify-socket.js';

/** A container that talks without end is listened to now and then: its messages wait in the socket, and then it does. */
const BURST = 16;
const PAUSE_MS = 100;

/** What {@link Notifications} is made of. */
export interface NotificationParts {
  readonly records: ContainerRecords;
  readonly keeper: Keeper;
  readonly poller: EventPoller;
  readonly logger: PluginLogger;
}

/** What a container says to its NOTIFY_SOCKET. Does nothing for one that has none. */
export class Notifications {
  readonly #ring = new MessageRing();
  readonly #socket: NotifySocket;
  readonly #buffer = Buffer.allocUnsafe(MAX_MESSAGE_BYTES + 1);
  #fd: number | undefined;
  #unwatch: () => void = () => undefined;
  #reading: Promise<void> | undefined;

  constructor(private readonly parts: NotificationParts) {
    const { store, request } = parts.records;
    this.#socket = new NotifySocket(store.directory, request.instance, parts.keeper);
  }

  get #wanted(): boolean {
    return this.parts.records.request.notify !== undefined;
  }

  /** Makes the socket. */
  async make(): Promise<void> {
    if (this.#wanted) this.#listen(await this.#socket.make());
  }

  /** Goes on with it after a restart. */
  async takeUp(): Promise<void> {
    if (this.#wanted) this.#listen(await this.#socket.takeUp());
  }

  /** Lets go of it, here and in the keeper. */
  async release(): Promise<void> {
    this.close();
    if (this.#wanted) await this.#socket.drop();
  }

  /** Lets go of it here alone. */
  close(): void {
    if (this.#fd === undefined) return;
    this.#unwatch();
    closeSync(this.#fd);
    this.#fd = undefined;
    this.#ring.wake();
  }

  /** Resolves once there are messages behind `cursor`, or when no more will come: the container has `exited`. */
  async behind(cursor: string, exited: Promise<unknown>): Promise<NotificationsDocument> {
    let over = !this.#wanted;
    void exited.then(async () => {
      await this.#read();
      over = true;
      this.#ring.wake();
    });
    for (;;) {
      const messages = this.#ring.behind(cursor);
      const ended = over || this.#fd === undefined;
      // Told to an earlier shimd alone, readiness is news to one who begins.
      const news = messages.length > 0 || (cursor === '' && this.#isReady);
      if (news || ended) return { cursor: this.#ring.cursor, messages, ready: this.#isReady, ended };
      await this.#ring.changed;
    }
  }

  get #isReady(): boolean {
    return this.parts.records.runtime.notified === true;
  }

  #listen(fd: number): void {
    this.#fd = fd;
    this.#unwatch = this.parts.poller.watch(fd, () => void this.#read());
    void this.#read();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    for (let taken = 1; await this.#takeOne(); taken += 1) {
      if (taken % BURST === 0) await delay(PAUSE_MS, undefined, { ref: false });
    }
  }

  /** The message leaves the queue once it is recorded: a shimd that is killed in between hears it again. */
  async #takeOne(): Promise<boolean> {
    if (this.#fd === undefined) return false;
    const length = native.datagramReceive(this.#fd, this.#buffer, true);
    if (length === undefined) return false;
    const message = length > MAX_MESSAGE_BYTES ? undefined : filterNotification(this.#buffer.subarray(0, length));
    if (message !== undefined) await this.#deliver(message);
    // Released meanwhile.
    if (this.#fd === undefined) return false;
    native.datagramReceive(this.#fd, this.#buffer, false);
    return true;
  }

  async #deliver(message: string): Promise<void> {
    const wasReady = this.#isReady;
    if (saysReady(message) && !wasReady) {
      // A full disk is no reason to keep the unit waiting.
      await this.parts.records.update({ notified: true }).catch(() => undefined);
    }
    this.#ring.push(message);
    if (wasReady) this.#relay(message);
  }

  /** Best effort. The unit knows the container's init as its main process, and takes messages in its name alone. */
  #relay(message: string): void {
    const { request, runtime } = this.parts.records;
    const address = request.notify?.relayTo;
    if (address === undefined) return;
    try {
      native.notifySend(address, Buffer.from(message), runtime.pid);
    } catch (error) {
      this.parts.logger.debug({ err: error, id: request.id, address }, 'a notification could not be passed on');
    }
  }
}
