import { dirname } from 'node:path';
import { inject, injectable } from 'tsyringe';
import { formatPath } from '../config/config-path.js';
import type { ContainerConfig } from '../config/container-config.js';
import { COMMAND_RUNNER, LAYOUT, LOGGER, PLUGIN_SOURCE, SHIM_INFO } from '../di/tokens.js';
import type { ShimInfo } from '../lifecycle/shim-info.js';
import type { CommandRunner } from '../plugin/command-runner.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { Runtime } from '../plugin/runtime.js';
import { maskedError, maskedInstance, maskedLogger, maskFor } from '../plugins/masked-plugin.js';
import { pluginFailure } from '../plugins/plugin-failure.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import type { StateLayout } from '../state/layout.js';
import { makePrivateDirectory } from '../state/private-directory.js';

/** Makes the runtime that a container's config names. */
@injectable()
export class RuntimeFactory {
  constructor(
    @inject(PLUGIN_SOURCE) private readonly plugins: PluginSource,
    @inject(COMMAND_RUNNER) private readonly runner: (timeoutMs: number) => CommandRunner,
    @inject(LAYOUT) private readonly layout: StateLayout,
    @inject(LOGGER) private readonly logger: PluginLogger,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
  ) {}

  /** Throws `SHIM_PLUGIN_…`, or SHIM_PLUGIN_FAILED with the plugin's own error as its cause. */
  async create(config: ContainerConfig, namespace: string): Promise<Runtime> {
    const { definition, options } = await this.plugins.load('runtime', config.runtime);
    const root = this.layout.runtimeRoot(namespace);
    const scratch = this.layout.groupScratch(this.info.group);
    for (const path of [dirname(root), root, scratch]) makePrivateDirectory(path);
    const runner = this.runner(config.limits.runtimeTimeoutMs);
    const mask = maskFor(definition, options);
    const context = { logger: maskedLogger(this.logger, mask), namespace, root, scratch, runner };
    try {
      return guard(maskedInstance(definition.create(context, options), mask), definition.name);
    } catch (error) {
      const entry = formatPath(['runtimes', config.runtime.name]);
      throw pluginFailure(maskedError(error, mask), { plugin: definition.name, method: 'create', entry });
    }
  }
}

/** A runtime whose methods fail with coded errors only: a plugin's own TypeError names the plugin. */
function guard(runtime: Runtime, plugin: string): Runtime {
  return new Proxy(runtime, {
    get(target, name, receiver): unknown {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return (await Reflect.apply(member, target, args)) as unknown;
        } catch (error) {
          throw pluginFailure(error, { plugin, method: String(name) });
        }
      };
    },
  });
}
