import { DriverHost } from '../../../src/logging/isolation/driver-host.js';
import { DriverHosts } from '../../../src/logging/isolation/driver-hosts.js';
import type { HostListener, StartHost } from '../../../src/logging/isolation/host-link.js';
import { isolatedDriver } from '../../../src/logging/isolation/isolated-driver.js';
import type { HostRequest } from '../../../src/logging/isolation/messages.js';
import { newDriverCounters } from '../../../src/metrics/counters.js';
import type { LogDriver } from '../../../src/plugin/log-driver.js';
import type { LogDriverContext } from '../../../src/plugin/plugin-context.js';
import { QuietLogger } from '../../support/quiet-logger.js';

export const CALL_TIMEOUT_MS = 50;
export const VERSION = '1.2.3';

/** Hosts in this very thread; messages are cloned as between threads. */
export class LocalHosts {
  readonly logger = new QuietLogger();
  readonly counters = newDriverCounters();
  readonly hosts: DriverHosts;
  /** One for each host that was started. */
  readonly listeners: (HostListener & { dead: boolean })[] = [];

  /** What a host says of itself; undefined: its script does not come to run. */
  version: string | undefined = VERSION;
  /** The module that a host loads; for ever if it does not settle. */
  loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly create: (context: LogDriverContext) => LogDriver,
    startMs = 60_000,
  ) {
    const start: StartHost = (listener) => this.#start(listener);
    const starts = { thread: start, process: start };
    this.hosts = new DriverHosts({ starts, logger: this.logger, version: VERSION, startMs });
  }

  driver(plugin = 'mine'): Promise<LogDriver> {
    const log = { plugin, path: null, version: '1', options: {} };
    const container = { id: 'c', namespace: 'n', bundle: '/b', createdAt: '', annotations: {}, labels: {} };
    const setup = { log, entry: 'logs[0]', namespace: 'n', container, directory: '/d', callTimeoutMs: CALL_TIMEOUT_MS };
    return isolatedDriver(setup, this.hosts.use({ plugin, isolation: 'thread' }), this.counters);
  }

  /** Ends the host that was started last. */
  die(why = 'killed'): void {
    const listener = this.listeners.at(-1);
    if (listener === undefined || listener.dead) return;
    listener.dead = true;
    listener.onEnd(why);
  }

  #start(listener: HostListener): ReturnType<StartHost> {
    const own = { onReply: listener.onReply, onEnd: listener.onEnd, dead: false };
    this.listeners.push(own);
    const definition = {
      kind: 'log-driver',
      name: 'mine',
      apiVersion: 1,
      optionsSchema: {},
      create: (context: LogDriverContext) => this.create(context),
    };
    const host = new DriverHost({
      plugins: { load: () => this.loading.then(() => ({ definition, options: {} })) } as never,
      lanes: undefined as never,
      datagrams: undefined as never,
      reply: (reply) => {
        if (!own.dead) listener.onReply(structuredClone(reply));
      },
    });
    const { version } = this;
    if (version !== undefined) queueMicrotask(() => own.dead || listener.onReply({ kind: 'up', version }));
    return {
      send: (request: HostRequest, transfer) => {
        if (version === undefined) return;
        const message = structuredClone(request, { transfer: [...transfer] });
        queueMicrotask(() => void host.handle(message));
      },
      kill: () => {
        if (own.dead) return;
        own.dead = true;
        queueMicrotask(() => listener.onEnd('killed'));
      },
    };
  }
}
