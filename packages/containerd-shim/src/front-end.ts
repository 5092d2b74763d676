import { Socket } from 'node:net';
import { join } from 'node:path';
import type { FrontEnd, FrontEndHost, FrontEndSession, Launch, RelayedConnection } from '@holdfast/core';
import { Publisher } from './events/publisher.js';
import { EventSender } from './events/send-event.js';
import { parseCommandLine } from './launch/command-line.js';
import { deleteTask } from './launch/delete.js';
import { infoOf, versionOf } from './launch/info.js';
import { start } from './launch/start.js';
import type { Listener } from './listen/listener.js';
import { Listeners } from './listen/listeners.js';
import { Creates } from './task/creates.js';
import { FailedExecs } from './task/failed-execs.js';
import { RememberedAnswers } from './task/remembered-answers.js';
import { statusOf } from './task/status-of.js';
import { TaskContext, type SharedByTasks } from './task/task-context.js';
import { registerTask } from './task/task-service.js';
import { Tasks } from './task/tasks.js';
import { TtrpcServer } from './ttrpc/server.js';

/** containerd's shim, as it lives in shimd. */
class ContainerdFrontEnd implements FrontEndSession {
  readonly #listeners: Listeners;
  readonly #servers = new Map<string, TtrpcServer>();
  readonly #shared: SharedByTasks;
  readonly #sender = new EventSender();
  readonly #publisher: Publisher;
  #keeperPid = 0;

  constructor(private readonly host: FrontEndHost) {
    const { layout, group } = host;
    this.#listeners = new Listeners(host);
    const answers = new RememberedAnswers(join(layout.group(group), 'containerd-answers.json'));
    this.#shared = { creates: new Creates(), failed: new FailedExecs(), answers };
    this.#publisher = new Publisher({ host, listeners: this.#listeners, send: this.#sender.send });
  }

  async begin(): Promise<void> {
    const { shim } = await this.host.service.version();
    this.#keeperPid = shim.keeperPid;
    await this.#listeners.recover();
    this.host.keeper.onRelayed = (connection) => this.#serve(connection);
    this.host.onLaunch((launch) => this.#launched(launch));
    this.#publisher.start();
  }

  /** containerd keeps a connection for each of its tasks, and one is made before there is a task. */
  get busy(): boolean {
    return [...this.#servers.values()].some(({ connections }) => connections.size > 0);
  }

  async leave(reason: 'idle' | 'upgrade'): Promise<void> {
    await this.#publisher.stop();
    await Promise.all([...this.#servers.values()].map((server) => server.flushed()));
    this.#sender.close();
    if (reason === 'idle') this.#listeners.removeSockets();
  }

  #serve({ id, listener: key, fd }: RelayedConnection): void {
    const socket = new Socket({ fd, readable: true, writable: true });
    const listener = this.#listeners.find(key);
    if (listener === undefined) {
      this.host.logger.error({ key }, 'a connection of a socket that is not ours');
      socket.destroy();
      return void this.host.keeper.unrelay(id);
    }
    // With the stream's it is the same over restarts of shimd, and another after one of the keeper.
    const name = `containerd-${this.#keeperPid}-${id}`;
    const { closed } = this.#server(listener).serveConnection({ id: name, duplex: socket });
    this.host.changed();
    void closed.then(() => this.host.changed());
  }

  #server(listener: Listener): TtrpcServer {
    const known = this.#servers.get(listener.key);
    if (known !== undefined) return known;
    const server = new TtrpcServer({ statusOf, changed: () => this.host.changed() });
    registerTask(server, new Tasks(new TaskContext(this.host, listener, this.#shared)));
    this.#servers.set(listener.key, server);
    return server;
  }

  async #launched(launch: Launch): Promise<number> {
    const line = parseCommandLine(launch.argv.slice(1));
    switch (line.action) {
      case 'start':
        return start(line, launch, { host: this.host, listeners: this.#listeners });
      case 'delete':
        return deleteTask(line, launch, {
          host: this.host,
          creates: this.#shared.creates,
          publisher: this.#publisher,
        });
      case 'info':
        await launch.stdout(infoOf(this.host.version));
        return 0;
      case 'version':
        await launch.stdout(versionOf(this.host.version));
        return 0;
    }
  }
}

const frontEnd: FrontEnd = {
  name: 'containerd',
  apiVersion: 1,
  serve: async (host) => {
    const session = new ContainerdFrontEnd(host);
    await session.begin();
    return session;
  },
};

export default frontEnd;
