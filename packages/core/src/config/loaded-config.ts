import type { ContainerRef } from '../api/documents.js';
import { checkIdentifier } from '../state/identifiers.js';
import { composeSchema } from './compose-schema.js';
import type { ContainerConfig } from './container-config.js';
import type { EffectiveConfig } from './effective-config.js';
import { containerLimits } from './limits.js';
import { logDirectory } from './log-directory.js';
import { originsOf } from './origins.js';
import { chosenRuntimeUse, logUses, runtimeEntryUse } from './plugin-uses.js';
import { resolvePlugin, type PluginResolution, type Resolver } from './resolve-plugin.js';
import { sharedFiles } from './shared-files.js';
import { throwIfAny } from './validate.js';

/** A config that has been read, merged, checked and filled in. */
export class LoadedConfig {
  readonly #resolver: Resolver;

  constructor(
    readonly config: EffectiveConfig,
    resolver: Resolver,
  ) {
    this.#resolver = resolver;
  }

  /** Where each setting comes from: `default`, `flag --runtime`, `FILE:LINE`; by path, such as `logs[0].driver`. */
  get origins(): ReadonlyMap<string, string> {
    return originsOf(this.config, this.#resolver.layers);
  }

  /** What went wrong without harm so far, a line each: entries of "plugins" that nobody has asked for yet. */
  get warnings(): readonly string[] {
    return this.#resolver.scope.warnings;
  }

  /**
   * The container part, for one container. Loads the plugins it names. Rejects with SHIM_INVALID_ID, SHIM_RUNTIME_UNKNOWN,
   * SHIM_LOG_DRIVER_UNKNOWN, SHIM_PLUGIN_… or SHIM_CONFIG_INVALID with a line for each wrong option.
   */
  async container({ namespace, id }: ContainerRef): Promise<ContainerConfig> {
    checkIdentifier(namespace, 'namespace');
    checkIdentifier(id, 'container id');
    const use = chosenRuntimeUse(this.config);
    const runtime = await resolvePlugin(this.#resolver, use);
    const logs = await this.#logs();
    throwIfAny([
      ...runtime.lines,
      ...logs.flatMap(({ lines }) => lines),
      ...sharedFiles(logs.map(({ plugin }) => plugin)),
    ]);
    const name = use.optionsPath === undefined ? runtime.plugin.plugin : this.config.runtime;
    return {
      runtime: { name, ...runtime.plugin },
      logs: logs.map(({ plugin }) => plugin),
      logDirectory: logDirectory(this.config, { namespace, id }),
      limits: containerLimits(this.config),
    };
  }

  /** Checks all of it, runtimes that are not chosen too, and loads all of "plugins". Rejects as {@link container}. */
  async check(): Promise<void> {
    await this.#resolver.scope.configured();
    const entries = Object.keys(this.config.runtimes).map((name) => runtimeEntryUse(this.config, name));
    const uses = [chosenRuntimeUse(this.config), ...entries, ...logUses(this.config)];
    const resolved = await Promise.all(uses.map((use) => resolvePlugin(this.#resolver, use)));
    throwIfAny(resolved.flatMap(({ lines }) => lines));
  }

  /** Schema of the whole config with the options of every plugin that has a short name: built in, or under "plugins". */
  async schema(): Promise<Record<string, unknown>> {
    return composeSchema(await this.#resolver.scope.named());
  }

  #logs(): Promise<PluginResolution[]> {
    return Promise.all(logUses(this.config).map((use) => resolvePlugin(this.#resolver, use)));
  }
}
