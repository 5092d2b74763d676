import { closeSync } from 'node:fs';
import type { FrontEndHost, ProcessHandle } from '@holdfast/core';
import { native } from '@holdfast/native';
import { ConmonClient, type ClientSide, type Pollers } from './attach-client.js';
import { isClient, passedOf, Stall } from './stall.js';

/** What clients of one process share. */
export interface AttachServerOptions {
  readonly handle: ProcessHandle;
  readonly host: FrontEndHost;
  readonly pollers: Pollers;
  /** What the keeper holds for it begins so: sockets outlive shimd. */
  readonly key: string;
  /** The first client that has no more input closes stdin. */
  readonly closesStdin: boolean;
}

/** The attach socket of one process, and who is connected to it. */
export class AttachServer {
  readonly #clients = new Set<ConmonClient>();
  #unwatch: (() => void) | undefined;
  #next = 0;

  /** Serves on `listener`, which is the server's from now on. */
  constructor(
    private readonly listener: number,
    private readonly options: AttachServerOptions,
  ) {}

  /** Has the keeper hold the listener, and takes clients. */
  async open(): Promise<void> {
    const { host, key, pollers, handle } = this.options;
    await host.keeper.hold(`${key}/attach`, this.listener);
    this.#unwatch = pollers.reading.watch(this.listener, () => this.#accept());
    // A client that is there before its container is started sees all of what that prints.
    handle.hub.welcoming(() => this.#accept());
    this.#accept();
  }

  /** What an earlier shimd had is served on. */
  static async resume(options: AttachServerOptions, held: ReadonlySet<string>): Promise<AttachServer | undefined> {
    const { host, key } = options;
    if (!held.has(`${key}/attach`)) return undefined;
    const server = new AttachServer(await host.keeper.fetch(`${key}/attach`), options);
    const prefix = `${key}/client-`;
    for (const name of [...held].filter((each) => each.startsWith(prefix) && isClient(each))) {
      const number = Number(name.slice(prefix.length));
      server.#next = Math.max(server.#next, number + 1);
      server.#serve(await host.keeper.fetch(name), name, passedOf(held, name));
    }
    await server.open();
    return server;
  }

  /** No more clients come. */
  async stop(): Promise<void> {
    const { host, key } = this.options;
    // Who waits is told of the end, not cut off.
    this.#accept();
    this.#unwatch?.();
    this.#unwatch = undefined;
    await host.keeper.drop(`${key}/attach`);
  }

  /** Lets go of all, once they have what they were sent. */
  async close(): Promise<void> {
    await this.stop();
    await Promise.all([...this.#clients].map((client) => client.flushed()));
    for (const client of this.#clients) client.close();
    closeSync(this.listener);
  }

  /** Another shimd goes on with it, and with all clients. Who comes waits. */
  leave(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    for (const client of this.#clients) client.leave();
  }

  #accept(): void {
    for (let fd = this.#take(); fd !== undefined; fd = this.#take()) {
      const name = `${this.options.key}/client-${this.#next++}`;
      void this.options.host.keeper.hold(name, fd).catch(() => undefined);
      this.#serve(fd, name, 0);
    }
  }

  #take(): number | undefined {
    try {
      return this.#unwatch === undefined ? undefined : native.seqpacketAccept(this.listener);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') this.options.host.logger.warn({ err: error }, 'an attach client could not be accepted');
      return undefined;
    }
  }

  #serve(fd: number, name: string, passed: number): void {
    const { handle, host, pollers, closesStdin } = this.options;
    let leave = (): void => undefined;
    const stall = new Stall(host, { name, fd, passed });
    const side: ClientSide = {
      input: (bytes, taken) => handle.io.writeStdin(bytes, taken),
      stalled: (taken) => stall.at(taken),
      inputEnded: () => void (closesStdin ? handle.closeStdin().catch(() => undefined) : undefined),
      closed: () => {
        this.#clients.delete(client);
        leave();
        stall.at(0);
        void host.keeper.drop(name).catch(() => undefined);
      },
    };
    const client: ConmonClient = new ConmonClient(fd, pollers, side, passed);
    this.#clients.add(client);
    leave = handle.hub.add(client);
    client.listen();
  }
}
