import { inject, injectable } from 'tsyringe';
import { FILE_LANES, LOGGER, PLUGIN_SOURCE } from '../di/tokens.js';
import type { LogDriver } from '../plugin/log-driver.js';
import type { LogDriverContext, PluginLogger } from '../plugin/plugin-context.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import { pluginFailure } from '../runtime/runtime-factory.js';
import type { RequestRecord } from '../state/container-record.js';
import type { FileLanes } from './file-lanes.js';
import { LogFanout } from './log-fanout.js';
import { LogOutlet } from './log-outlet.js';
import type { LossLedger } from './loss-ledger.js';

/** Makes the log drivers that a container's config names. */
@injectable()
export class LogFactory {
  constructor(
    @inject(PLUGIN_SOURCE) private readonly plugins: PluginSource,
    @inject(FILE_LANES) private readonly lanes: FileLanes,
    @inject(LOGGER) private readonly logger: PluginLogger,
  ) {}

  /** Makes and does not open them. Throws `SHIM_PLUGIN_…`. */
  async create(request: RequestRecord, ledger: LossLedger): Promise<LogFanout> {
    const { config } = request;
    const names = uniqueNames(config.logs.map((log) => log.plugin));
    const outlets: LogOutlet[] = [];
    for (const [i, log] of config.logs.entries()) {
      const { definition, options } = await this.plugins.load('log-driver', log);
      const name = names[i] as string;
      const driver = makeDriver(() => definition.create(this.#context(request), options), definition.name);
      outlets.push(new LogOutlet({ name, driver, ledger, logger: this.logger, timeoutMs: config.limits.logTimeoutMs }));
    }
    return new LogFanout(outlets);
  }

  #context(request: RequestRecord): LogDriverContext {
    const { id, namespace, bundle, createdAt, annotations, config } = request;
    return {
      logger: this.logger,
      namespace,
      container: { id, namespace, bundle, createdAt, annotations },
      directory: config.logDirectory,
      lane: (path) => this.lanes.forPath(path),
    };
  }
}

function makeDriver(create: () => LogDriver, plugin: string): LogDriver {
  try {
    return create();
  } catch (error) {
    throw pluginFailure(error, plugin, 'create');
  }
}

/** `file`, `file-2`, …: two drivers of one kind are told apart. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}
