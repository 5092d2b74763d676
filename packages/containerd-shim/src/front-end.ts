import { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FrontEnd, FrontEndHost, FrontEndSession, Launch, RelayedConnection } from '@holdfast/core';
import { Publisher } from './events/publisher.js';
import { EventSender } from './events/send-event.js';
import { NODE_GROUP } from './groups/choose-group.js';
import { ExpectedTasks } from './groups/expected-tasks.js';
import { registerGroup, type GroupService } from './groups/group-service.js';
import { OtherGroups } from './groups/other-groups.js';
import { OwnConfig } from './groups/own-config.js';
import { OwnGroup } from './groups/own-group.js';
import { parseCommandLine } from './launch/command-line.js';
import { deleteTask } from './launch/delete.js';
import { infoOf, versionOf } from './launch/info.js';
import { start } from './launch/start.js';
import type { Listener } from './listen/listener.js';
import { Listeners } from './listen/listeners.js';
import { coreNamespace } from './names.js';
import { Creates } from './task/creates.js';
import { ExecStarts } from './task/exec-starts.js';
import { FailedExecs } from './task/failed-execs.js';
import { GoneTasks } from './task/gone-tasks.js';
import { RememberedAnswers } from './task/remembered-answers.js';
import { removeTask, type RemoveParts } from './task/remove-task.js';
import { statusOf } from './task/status-of.js';
import { TaskContext, type SharedByTasks } from './task/task-context.js';
import { registerTask } from './task/task-service.js';
import { Tasks } from './task/tasks.js';
import { CODE, TtrpcError } from './ttrpc/codes.js';
import { TtrpcServer } from './ttrpc/server.js';

/** containerd's shim, as it lives in shimd. */
class ContainerdFrontEnd implements FrontEndSession {
  readonly #listeners: Listeners;
  readonly #servers = new Map<string, TtrpcServer>();
  readonly #shared: SharedByTasks;
  readonly #sender = new EventSender();
  readonly #publisher: Publisher;
  readonly #expected: ExpectedTasks;
  readonly #own: OwnGroup;
  readonly #others: OtherGroups;
  readonly #config: OwnConfig;
  #keeperPid = 0;
  #leaving = false;

  constructor(private readonly host: FrontEndHost) {
    const { layout, group } = host;
    this.#listeners = new Listeners(host);
    const answers = new RememberedAnswers(join(layout.group(group), 'containerd-answers.json'));
    const gone = new GoneTasks();
    this.#shared = { creates: new Creates(), starts: new ExecStarts(), failed: new FailedExecs(), answers, gone };
    const seen = gone.see.bind(gone);
    this.#publisher = new Publisher({ host, listeners: this.#listeners, send: this.#sender.send, seen });
    this.#expected = new ExpectedTasks(() => host.changed());
    this.#own = new OwnGroup(host, this.#listeners, this.#expected);
    this.#others = new OtherGroups(host);
    this.#config = new OwnConfig(host);
  }

  async begin(): Promise<void> {
    const { shim } = await this.host.service.version();
    this.#keeperPid = shim.keeperPid;
    await this.#listeners.recover();
    this.host.keeper.onRelayed = (connection) => this.#serve(connection);
    this.host.onLaunch((launch) => this.#launched(launch));
    this.#publisher.start();
    // Launchers come to no other one.
    if (this.host.group === NODE_GROUP) void this.#others.recover();
  }

  /** containerd keeps a connection for each of its tasks, and one is made before there is a task. */
  get busy(): boolean {
    const connected = [...this.#servers.values()].some(({ connections }) => connections.size > 0);
    return connected || this.#expected.any || this.#others.any;
  }

  async leave(reason: 'idle' | 'upgrade'): Promise<void> {
    this.#leaving = true;
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
    this.#expected.came(key);
    this.host.changed();
    void closed.then(() => this.host.changed());
  }

  #server(listener: Listener): TtrpcServer {
    const known = this.#servers.get(listener.key);
    if (known !== undefined) return known;
    const server = new TtrpcServer({ statusOf, changed: () => this.host.changed() });
    registerTask(server, new Tasks(new TaskContext(this.host, listener, this.#shared)));
    registerGroup(server, this.#groupService(listener));
    this.#servers.set(listener.key, server);
    return server;
  }

  #groupService(listener: Listener): GroupService {
    return {
      expect: async ({ settings, ...details }) => {
        await this.#own.expect(listener, details, settings);
        // If the keeper was asked for leave before, its answer has come by now: containerd would find nobody.
        await this.host.keeper.drop('');
        await setImmediate();
        if (this.#leaving) throw new TtrpcError(CODE.Unavailable, 'this shim is leaving');
      },
      remove: ({ id, ...removal }) =>
        removeTask(this.#removeParts, { ref: { namespace: coreNamespace(listener), id }, ...removal }),
    };
  }

  get #removeParts(): RemoveParts {
    return { host: this.host, creates: this.#shared.creates, publisher: this.#publisher };
  }

  async #launched(launch: Launch): Promise<number> {
    const line = parseCommandLine(launch.argv.slice(1));
    switch (line.action) {
      case 'start':
        return start(line, launch, { config: this.#config, own: this.#own, others: this.#others });
      case 'delete':
        return deleteTask(line, launch, { ...this.#removeParts, config: this.#config, others: this.#others });
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
