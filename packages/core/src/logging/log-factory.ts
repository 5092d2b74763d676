import { join } from 'node:path';
import { inject, injectable } from 'tsyringe';
import { DATAGRAM_SENDERS, DRIVER_HOSTS, FILE_LANES, LOGGER, PLUGIN_SOURCE } from '../di/tokens.js';
import type { ResolvedLog } from '../config/container-config.js';
import { queueOfLocal } from '../config/queue-of-local.js';
import { driverCounters, type ContainerCounters, type DriverCounters } from '../metrics/counters.js';
import type { LogDriver } from '../plugin/log-driver.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import type { LogDriverContext, PluginLogger } from '../plugin/plugin-context.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import type { RequestRecord } from '../state/container-record.js';
import type { DatagramSenders } from './datagram-senders.js';
import type { FileLanes } from './file-lanes.js';
import { DriverPort } from './driver-port.js';
import type { DriverHosts } from './isolation/driver-hosts.js';
import { isolatedDriver } from './isolation/isolated-driver.js';
import { LogFanout } from './log-fanout.js';
import { makeDriver } from './make-driver.js';
import type { Outlet } from './outlet.js';
import { isQueued, outletFor, type OutletPlan } from './outlet-for.js';
import { openAccounts } from './pending/open-accounts.js';
import type { LossLedger } from './loss-ledger.js';
import { SegmentFiles } from './spill/segment-files.js';
import { nameLogs, type NamedLog } from './name-logs.js';

/**
 * `all`: each must be there, for a new container. `present`: one that can't be had loses its records, which are counted; a
 * container that runs already is not given up for it. `built-in`: third parties' are left out like that, since shimd
 * died with them again and again.
 */
export type DriverUse = 'all' | 'present' | 'built-in';

/** Where it is counted what becomes of a container's records. */
export interface LogAccounts {
  readonly ledger: LossLedger;
  readonly counters: ContainerCounters;
  /** The container's state directory; left out: what waits when shimd is killed is not counted. */
  readonly directory?: string;
}

/** A driver and where it stands, such as `logs[0]`. */
interface PlacedLog {
  readonly log: ResolvedLog;
  readonly entry: string;
  readonly counters: DriverCounters;
}

/** What all drivers of a container are made with. */
interface Making {
  readonly request: RequestRecord;
  readonly accounts: LogAccounts;
  readonly use: DriverUse;
}

/** Makes the log drivers that a container's config names. */
@injectable()
export class LogFactory {
  constructor(
    @inject(PLUGIN_SOURCE) private readonly plugins: PluginSource,
    @inject(FILE_LANES) private readonly lanes: FileLanes,
    @inject(LOGGER) private readonly logger: PluginLogger,
    @inject(DATAGRAM_SENDERS) private readonly datagrams: DatagramSenders,
    @inject(DRIVER_HOSTS) private readonly hosts: DriverHosts,
  ) {}

  /** Makes and does not open them. Throws `SHIM_PLUGIN_…`, or SHIM_CONFIG_INVALID for a queue that would do nothing, if `use` is `all`. */
  async create(request: RequestRecord, accounts: LogAccounts, use: DriverUse = 'all'): Promise<LogFanout> {
    const plans: OutletPlan[] = [];
    try {
      for (const [index, named] of nameLogs(request.config).entries()) {
        plans.push(await this.#plan({ ...named, entry: `logs[${index}]` }, { request, accounts, use }));
        if (use === 'all') refuseUselessQueue(plans.at(-1)!, `logs[${index}].queue`);
      }
    } catch (error) {
      // One in a host of its own would keep that alive.
      await Promise.all(plans.map(({ port }) => port.close('deleted')));
      throw error;
    }
    return new LogFanout(this.#outlets(plans, accounts, request), accounts.counters.streams);
  }

  async #plan({ name, directory, log, entry }: NamedLog & { entry: string }, making: Making): Promise<OutletPlan> {
    const { request, accounts, use } = making;
    const { logs, limits } = request.config;
    const counters = driverCounters(accounts.counters, name);
    const driver = await this.#driver({ log, entry, counters }, this.#context(request, directory), use);
    const parts = { ledger: accounts.ledger, counters, logger: this.logger, timeoutMs: limits.logTimeoutMs };
    return { port: new DriverPort({ name, driver, ...parts }), log, alone: logs.length === 1 };
  }

  #outlets(plans: readonly OutletPlan[], { directory }: LogAccounts, request: RequestRecord): Outlet[] {
    const path = directory !== undefined && plans.some(isQueued) ? join(directory, 'queued') : undefined;
    const kept = openAccounts({ path, drivers: plans.length, logger: this.logger });
    return plans.map((plan, i) => outletFor(plan, kept[i]!, () => this.#segmentFiles(plan, request)));
  }

  #segmentFiles({ port }: OutletPlan, { config, instance }: RequestRecord): SegmentFiles {
    const directory = join(config.logDirectory, `.queue-${port.name}`);
    return new SegmentFiles(directory, instance, this.lanes.forPath(directory));
  }

  async #driver(placed: PlacedLog, context: LogDriverContext, use: DriverUse): Promise<LogDriver> {
    const { log, entry } = placed;
    const isolated = log.isolate !== undefined && log.isolate !== 'none';
    if (use === 'built-in' && log.path !== null && !isolated) return absentDriver(switchedOff(log));
    try {
      if (isolated) return await this.#isolated(placed, context);
      const { definition, options } = await this.plugins.load('log-driver', log);
      return makeDriver({ definition, options }, context, entry);
    } catch (error) {
      if (use === 'all') throw error;
      this.logger.error({ err: error, driver: log.plugin, id: context.container.id }, 'log driver is gone');
      return absentDriver(error);
    }
  }

  #isolated({ log, entry, counters }: PlacedLog, context: LogDriverContext): Promise<LogDriver> {
    const { namespace, container, directory, callTimeoutMs = 0 } = context;
    const isolation = log.isolate === 'process' ? 'process' : 'thread';
    const use = this.hosts.use({ plugin: log.path ?? log.plugin, isolation });
    return isolatedDriver({ log, entry, namespace, container, directory, callTimeoutMs }, use, counters);
  }

  #context(request: RequestRecord, directory: string): LogDriverContext {
    const { id, namespace, bundle, createdAt, annotations, labels = {} } = request;
    return {
      logger: this.logger,
      namespace,
      container: { id, namespace, bundle, createdAt, annotations, labels },
      directory,
      lane: (path, use) => this.lanes.forPath(path, use),
      datagrams: (path) => this.datagrams.forPath(path),
      callTimeoutMs: request.config.limits.logTimeoutMs,
    };
  }
}

function refuseUselessQueue({ port, log }: OutletPlan, place: string): void {
  if (port.driver.local === true && log.queue !== undefined) throw queueOfLocal(log.plugin, place);
}

function switchedOff({ plugin, path }: ResolvedLog): ShimError {
  return new ShimError('SHIM_PLUGIN_FAILED', `the log driver ${plugin} is switched off: shimd died with it`, {
    ...(path !== null && { where: path }),
    remedy: 'Mend the driver or choose another one, and make the container anew.',
  });
}

/** Stands for a driver that can't be had: every batch is counted as lost. */
function absentDriver(error: unknown): LogDriver {
  return {
    write: () => Promise.reject(asShimError(error)),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve({ lost: 0 }),
  };
}
