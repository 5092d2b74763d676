import type { ContainerRef } from '../api/documents.js';
import { checkIdentifier } from '../state/identifiers.js';
import { asShimError, type ShimError } from '../plugin/shim-error.js';
import type { PluginReference } from '../plugins/index.js';
import { checkPlugins, resolveAll } from './check-plugins.js';
import { composeSchema } from './compose-schema.js';
import type { ContainerConfig, ResolvedLog, ResolvedPlugin } from './container-config.js';
import type { EffectiveConfig } from './effective-config.js';
import { Findings } from './findings.js';
import { hideOptions } from './hide-options.js';
import type { ReadLayers } from './layers.js';
import { containerLimits } from './limits.js';
import { outputSettings, queueSettings } from './output-settings.js';
import { listPlugins, type ConfiguredPlugin } from './list-plugins.js';
import { logDirectory } from './log-directory.js';
import { originsOf } from './origins.js';
import { overridesIn, type Override } from './overrides.js';
import { chosenRuntimeUse, everyUse, logUses, runtimeEntryUse } from './plugin-uses.js';
import { resolvePlugin, type Resolver } from './resolve-plugin.js';
import { throwIfAny } from './validate.js';

/** A runtime that a config names: its plugin, or why there is none. */
export interface ConfiguredRuntime {
  /** A key of "runtimes", or a plugin's name. */
  readonly name: string;
  /** True for the one that "runtime" names. */
  readonly chosen: boolean;
  readonly plugin?: ResolvedPlugin;
  readonly error?: ShimError;
}

/** A config that has been read, merged, checked and filled in. */
export class LoadedConfig {
  readonly #resolver: Resolver;
  readonly #read: Pick<ReadLayers, 'files' | 'warnings'>;

  constructor(
    readonly config: EffectiveConfig,
    resolver: Resolver,
    read: Pick<ReadLayers, 'files' | 'warnings'>,
  ) {
    this.#resolver = resolver;
    this.#read = read;
  }

  /** The config files that were read, weakest first. */
  get files(): readonly string[] {
    return this.#read.files;
  }

  /** Settings that two sources give different values. */
  get overrides(): readonly Override[] {
    return overridesIn(this.#resolver.layers);
  }

  /** {@link config} as it may be shown: options that their plugin's schema marks with `writeOnly` are hidden. */
  shown(): Promise<EffectiveConfig> {
    return hideOptions(this.config, this.#resolver);
  }

  /** The entries of "plugins", each with the directory from which it is looked for. */
  get pluginReferences(): readonly PluginReference[] {
    return this.#resolver.scope.references;
  }

  /** Where each setting comes from: `default`, `flag --runtime`, `env HOLDFAST_RUNTIME`, `FILE:LINE`; by path, such as `logs[0].driver`. */
  get origins(): ReadonlyMap<string, string> {
    return originsOf(this.config, this.#resolver.layers);
  }

  /** What went wrong without harm so far, a line each: unknown variables, files not read, "plugins" that can't be loaded. */
  get warnings(): readonly string[] {
    return [...this.#read.warnings, ...this.#resolver.scope.warnings];
  }

  /**
   * The container part, for one container. Loads the plugins it names. Rejects with SHIM_INVALID_ID, SHIM_RUNTIME_UNKNOWN,
   * SHIM_LOG_DRIVER_UNKNOWN, SHIM_PLUGIN_… or SHIM_CONFIG_INVALID with a line for each wrong option.
   */
  async container({ namespace, id }: ContainerRef): Promise<ContainerConfig> {
    checkIdentifier(namespace, 'namespace');
    checkIdentifier(id, 'container id');
    const use = chosenRuntimeUse(this.config);
    const findings = new Findings();
    const found = await resolveAll(this.#resolver, [use, ...logUses(this.config)], findings);
    findings.throwIfAny();
    const plugins = found.map((each) => each?.plugin);
    const [runtime, ...logs] = plugins as [ResolvedPlugin, ...ResolvedPlugin[]];
    const name = use.optionsPath === undefined ? runtime.plugin : this.config.runtime;
    return {
      runtime: { name, ...runtime },
      logs: logs.map((log, index) => ({ ...log, ...this.#delivery(index) })),
      logDirectory: logDirectory(this.config, { namespace, id }),
      limits: containerLimits(this.config),
      output: outputSettings(this.config),
    };
  }

  #delivery(index: number): Pick<ResolvedLog, 'queue' | 'isolate'> {
    const entry = this.config.logs[index];
    const queue = entry === undefined ? undefined : queueSettings(entry);
    const isolate = entry?.isolate;
    return { ...(queue !== undefined && { queue }), ...(isolate !== undefined && { isolate }) };
  }

  /** The chosen runtime, then the other entries of "runtimes". What is wrong with one stands in its place; never rejects for it. */
  runtimes(): Promise<ConfiguredRuntime[]> {
    const { runtime, runtimes } = this.config;
    const others = Object.keys(runtimes).filter((name) => name !== runtime);
    const uses = [chosenRuntimeUse(this.config), ...others.map((name) => runtimeEntryUse(this.config, name))];
    return Promise.all(
      uses.map(async (use, index) => {
        const name = [runtime, ...others][index] as string;
        try {
          const { plugin, lines } = await resolvePlugin(this.#resolver, use);
          throwIfAny(lines);
          return { name, chosen: index === 0, plugin };
        } catch (error) {
          return { name, chosen: index === 0, error: asShimError(error) };
        }
      }),
    );
  }

  /** Every plugin, built in or named here; one that can't be loaded with its error. */
  plugins(): Promise<ConfiguredPlugin[]> {
    return listPlugins(this.config, this.#resolver);
  }

  /**
   * Checks all of it, runtimes that are not chosen too, loads all of "plugins", and makes each plugin that is used once, with nothing to
   * do, since only `create` knows of some mistakes. Rejects as {@link container}, all mistakes in one error.
   */
  async check(): Promise<void> {
    const findings = new Findings();
    await checkPlugins(this.#resolver, everyUse(this.config), findings);
    findings.throwIfAny();
  }

  /** Schema of the whole config with the options of every plugin that has a short name: built in, or under "plugins". */
  async schema(): Promise<Record<string, unknown>> {
    return composeSchema(await this.#resolver.scope.named());
  }
}
